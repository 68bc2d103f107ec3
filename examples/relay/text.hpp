// SPDX-License-Identifier: Apache-2.0
// Numbers, names and JSON strings as they come over the wire: strict in, safe out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relay {

/// Decimal digits only: no sign, no space, no overflow.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// `250ms`, `3s`, `5m`, `1h`, `7d`; at most ten years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Bytes: `4096`, `512KiB`, `256MiB`, `1GiB`.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// Device names are any bytes, so %00 and %2F decode like any other; a malformed escape is an error.
std::optional<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view bytes);

/// A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, one for each.
std::string json_string(std::string_view bytes);

}  // namespace relay
