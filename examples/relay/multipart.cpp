// SPDX-License-Identifier: Apache-2.0
#include "multipart.hpp"

#include "text.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <string_view>

namespace relay {
namespace {

using boost::beast::iequals;

constexpr std::size_t longest_boundary = 70;  // RFC 2046, 5.1.1
constexpr std::size_t longest_line = 512;
constexpr int most_fields = 16;

std::string_view trim(std::string_view text) {
  auto const first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What a part's header says, one line at a time.
class part_header {
 public:
  void add(std::string_view line) {
    auto const colon = line.find(':');
    if (colon == std::string_view::npos) throw refused{problem::bad_request};
    auto const name = trim(line.substr(0, colon));
    auto const value = trim(line.substr(colon + 1));
    if (iequals(name, "content-type") && !iequals(value.substr(0, value.find(';')), "image/jpeg")) {
      throw refused{problem::media_type};
    }
    if (iequals(name, "content-length")) {
      auto const size = parse_number(value);
      if (!size || size_) throw refused{problem::bad_request};
      size_ = size;
    }
  }
  std::uint64_t size() const {
    if (!size_) throw refused{problem::length};
    return *size_;
  }

 private:
  std::optional<std::uint64_t> size_;
};

}  // namespace

std::optional<std::string> boundary_of(std::string_view content_type) {
  if (content_type.empty()) return std::nullopt;
  auto const semicolon = content_type.find(';');
  if (!trim(content_type.substr(0, semicolon)).starts_with("multipart/")) throw refused{problem::media_type};
  if (semicolon == std::string_view::npos) return std::nullopt;
  for (auto const& [name, value] : boost::beast::http::param_list{content_type.substr(semicolon)}) {
    if (iequals(name, "boundary")) return std::string{value};
  }
  return std::nullopt;
}

/// False when the body ends here, with its last delimiter or without.
task<bool> multipart_reader::next_delimiter() {
  bool const first = delimiter_.empty();
  auto line = co_await body_.read_line(longest_boundary + 4, problem::bad_request);
  // The CRLF that ends a picture belongs to the delimiter after it; before the first there may be one as well.
  if (line && line->empty()) line = co_await body_.read_line(longest_boundary + 4, problem::bad_request);
  if (!line) co_return false;
  if (first) {
    bool const fits = !named_ || *line == "--" + *named_ || *line == *named_;
    if (!line->starts_with("--") || line->size() < 3 || !fits) throw refused{problem::bad_request};
    delimiter_ = *line;
    co_return true;
  }
  if (*line == delimiter_ + "--") co_return false;
  if (*line != delimiter_) throw refused{problem::bad_request};
  co_return true;
}

task<std::optional<std::uint64_t>> multipart_reader::next() {
  bool const any = co_await next_delimiter();
  if (!any) co_return std::nullopt;
  part_header header;
  for (int fields = 0;; ++fields) {
    auto const line = co_await body_.read_line(longest_line, problem::header);
    if (!line && fields == 0) co_return std::nullopt;  // ffmpeg stops after a delimiter
    if (!line) throw refused{problem::bad_request};
    if (line->empty()) co_return header.size();
    if (fields == most_fields) throw refused{problem::header};
    header.add(*line);
  }
}

}  // namespace relay
