// SPDX-License-Identifier: Apache-2.0
// multipart/x-mixed-replace as cameras send it: a delimiter line, a short header with Content-Length, a picture, again.
//
// A part without Content-Length is refused (411). Its end could only be found by searching the picture's bytes for the
// boundary, which means reading them somewhere else first; ffmpeg and every camera firmware that we know send it.
#pragma once

#include "body.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace relay {

class multipart_reader {
 public:
  /// The boundary that the request's Content-Type names, if it has one; ffmpeg sends none, so the first line tells.
  multipart_reader(body_reader& body, std::optional<std::string> boundary) : body_{body}, named_{std::move(boundary)} {}

  /// The size of the next part's content, which is then to be read from the body to its last byte; nothing at the end.
  /// Errors: refused.
  task<std::optional<std::uint64_t>> next();

 private:
  task<bool> next_delimiter();

  body_reader& body_;
  std::optional<std::string> const named_;
  std::string delimiter_;
};

/// The boundary parameter of a Content-Type. Errors: refused{media_type} for another type than multipart.
std::optional<std::string> boundary_of(std::string_view content_type);

}  // namespace relay
