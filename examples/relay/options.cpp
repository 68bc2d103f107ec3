// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include "text.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace relay {

std::string_view const usage =
    R"(relay serve --key-file F [--listen 127.0.0.1] [--port 8080 (0: any)] [--capacity 256MiB]
            [--stale-after 3s] [--tls-cert C --tls-key K] [--threads 2] [--quiet] [--max-frame 8MiB]
            [--max-connections 4096] [--streams-per-home 512] [--idle-timeout 15s] [--frame-timeout 10s]
            [--quiet-camera 60s]
relay keygen --key-file F
relay mint --key-file F --tenant N --principal N --role viewer|publisher|steward|admin --expires 1h
           [--device NAME]...
)";

namespace {

using word_list = std::span<char const* const>;

struct option {
  std::string name;
  std::function<bool(std::string const&)> take = nullptr;  ///< false: not a value for it
  bool* flag = nullptr;                                    ///< set for an option without a value
};

void read_options(word_list words, std::vector<option> const& known) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string const name = words[i];
    auto const found = std::find_if(known.begin(), known.end(), [&](option const& each) { return each.name == name; });
    if (found == known.end()) throw std::runtime_error(name + " is not an option");
    if (found->flag != nullptr) {
      *found->flag = true;
      continue;
    }
    if (++i == words.size()) throw std::runtime_error(name + " needs a value");
    if (!found->take(words[i])) throw std::runtime_error(name + " " + words[i] + ": not a value for it");
  }
}

auto into(std::string& to) {
  return [&to](std::string const& word) { return !(to = word).empty(); };
}

/// In the form that `parse` reads, within what the variable holds.
template <class Value, class Parse>
auto into(Value& to, Parse parse) {
  return [&to, parse](std::string const& word) {
    auto const parsed = parse(word);
    if (!parsed) return false;
    if constexpr (std::is_integral_v<Value>) {
      if (*parsed > std::numeric_limits<Value>::max()) return false;
    }
    to = static_cast<Value>(*parsed);  // NOLINT(bugprone-optional-value-conversion): `to` may itself be an optional
    return true;
  };
}

void require(bool given, char const* what) {
  if (!given) throw std::runtime_error(std::string{what} + " is needed");
}

serve_options parse_serve(word_list words) {
  serve_options to;
  read_options(words, {{"--key-file", into(to.key_file)},
                       {"--listen", into(to.listen)},
                       {"--port", into(to.port, parse_number)},
                       {"--capacity", into(to.capacity, parse_size)},
                       {"--max-frame", into(to.max_frame, parse_size)},
                       {"--stale-after", into(to.stale_after, parse_duration)},
                       {"--idle-timeout", into(to.idle_timeout, parse_duration)},
                       {"--frame-timeout", into(to.frame_timeout, parse_duration)},
                       {"--quiet-camera", into(to.quiet_camera, parse_duration)},
                       {"--max-connections", into(to.max_connections, parse_number)},
                       {"--streams-per-home", into(to.streams_per_home, parse_number)},
                       {"--threads", into(to.threads, parse_number)},
                       {"--tls-cert", into(to.tls_cert)},
                       {"--tls-key", into(to.tls_key)},
                       {"--quiet", nullptr, &to.quiet}});
  require(!to.key_file.empty(), "--key-file");
  require(to.tls_cert.empty() == to.tls_key.empty(), "of --tls-cert and --tls-key neither or both");
  require(to.threads > 0 && to.threads <= 256, "--threads from 1 to 256");
  require(to.max_connections > 0, "--max-connections above 0");
  return to;
}

keygen_options parse_keygen(word_list words) {
  keygen_options to;
  read_options(words, {{"--key-file", into(to.key_file)}});
  require(!to.key_file.empty(), "--key-file");
  return to;
}

mint_options parse_mint(word_list words) {
  mint_options to;
  std::optional<fc::role> role;
  read_options(words, {{"--key-file", into(to.key_file)},
                       {"--tenant", into(to.tenant, parse_number)},
                       {"--principal", into(to.principal, parse_number)},
                       {"--role", into(role, parse_role)},
                       {"--expires", into(to.expires, parse_duration)},
                       {"--device", [&to](auto const& name) { return to.devices.emplace_back(name), true; }}});
  require(!to.key_file.empty(), "--key-file");
  require(to.tenant != 0, "--tenant above 0");
  require(to.principal != 0, "--principal above 0");
  require(role.has_value(), "--role");
  require(to.expires.count() > 0, "--expires above 0");
  to.role = *role;
  return to;
}

}  // namespace

std::variant<serve_options, keygen_options, mint_options> parse_command_line(std::span<char const* const> words) {
  std::string_view const command = words.empty() ? "" : words[0];
  if (command == "serve") return parse_serve(words.subspan(1));
  if (command == "keygen") return parse_keygen(words.subspan(1));
  if (command == "mint") return parse_mint(words.subspan(1));
  throw std::runtime_error("serve, keygen or mint?");
}

}  // namespace relay
