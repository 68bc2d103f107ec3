// SPDX-License-Identifier: Apache-2.0
#include "token.hpp"

#include "text.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace relay {
namespace {

constexpr std::string_view version = "v1.";
constexpr std::size_t longest_token = 4096;
constexpr std::uint64_t latest_expiry = 1ULL << 52U;  // in ms; the clock's own unit still fits
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

class file_descriptor {
 public:
  explicit file_descriptor(int fd) : fd_{fd} {}
  file_descriptor(file_descriptor const&) = delete;
  file_descriptor& operator=(file_descriptor const&) = delete;
  ~file_descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void complain(std::string const& path, std::string const& what) {
  throw std::runtime_error("key file " + path + ": " + what);
}

std::string base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (char const c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) text += alphabet[(bits >> (held - 6)) & 63U];
  }
  if (held > 0) text += alphabet[(bits << (6 - held)) & 63U];
  return text;
}

/// One text for one value: padding, other characters and unused bits that are not zero are refused.
std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (char const c : text) {
    auto const digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>((bits >> held) & 255U);
    }
  }
  if (held >= 6 || (bits & ((1U << held) - 1U)) != 0) return std::nullopt;
  return bytes;
}

constexpr std::array<std::pair<std::string_view, fc::role>, 4> roles{{{"viewer", fc::role::viewer},
                                                                      {"publisher", fc::role::publisher},
                                                                      {"steward", fc::role::steward},
                                                                      {"admin", fc::role::admin}}};

std::string_view name_of(fc::role role) {
  for (auto const& [name, known] : roles) {
    if (known == role) return name;
  }
  return {};
}

/// `17 4 viewer 1767225600000 front%20door porch`: tenant, principal, role, expiry in ms since 1970, devices.
std::string write_claims(claims const& who) {
  auto const expires = std::chrono::duration_cast<std::chrono::milliseconds>(who.expires.time_since_epoch());
  auto text = std::to_string(who.tenant) + ' ' + std::to_string(who.principal) + ' ' + std::string{name_of(who.role)} +
              ' ' + std::to_string(expires.count());
  for (auto const& device : who.devices) text += ' ' + percent_encode(device);
  return text;
}

std::optional<claims> read_claims(std::string_view text) {
  auto const next = [&text] {
    auto const word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return word;
  };
  auto const tenant = parse_number(next());
  auto const principal = parse_number(next());
  auto const role = parse_role(next());
  auto const expires = parse_number(next());
  if (!tenant || !principal || !role || !expires || *expires > latest_expiry) return std::nullopt;
  std::chrono::milliseconds const since_1970{static_cast<std::int64_t>(*expires)};
  claims who{*tenant, *principal, *role, std::chrono::system_clock::time_point{since_1970}, {}};
  while (!text.empty()) {
    auto device = percent_decode(next());
    if (!device || device->empty()) return std::nullopt;
    who.devices.push_back(std::move(*device));
  }
  return who;
}

}  // namespace

token_key token_key::load(std::string const& path) {
  file_descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.get() < 0) complain(path, std::strerror(errno));
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) complain(path, std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) complain(path, "is not a regular file");
  if (facts.st_uid != ::geteuid()) complain(path, "belongs to another user; its owner alone may use it");
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    complain(path, "others than its owner have access; run: chmod 600 " + path);
  }
  token_key key;
  if (facts.st_size != static_cast<off_t>(key.secret_.size()) ||
      ::read(file.get(), key.secret_.data(), key.secret_.size()) != static_cast<ssize_t>(key.secret_.size())) {
    complain(path, "does not hold exactly 32 bytes; make one with: relay keygen --key-file FILE");
  }
  return key;
}

void token_key::create(std::string const& path) {
  token_key key;
  if (::RAND_bytes(key.secret_.data(), static_cast<int>(key.secret_.size())) != 1) {
    complain(path, "no random bytes to be had");
  }
  file_descriptor const file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (file.get() < 0) complain(path, std::strerror(errno));
  if (::write(file.get(), key.secret_.data(), key.secret_.size()) != static_cast<ssize_t>(key.secret_.size()) ||
      ::fsync(file.get()) != 0) {
    complain(path, std::strerror(errno));
  }
}

token_key::~token_key() { ::OPENSSL_cleanse(secret_.data(), secret_.size()); }

token_key::signature token_key::sign(std::string_view text) const {
  signature made{};
  if (::HMAC(::EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
             reinterpret_cast<unsigned char const*>(text.data()), text.size(), made.data(), nullptr) == nullptr) {
    throw std::runtime_error("HMAC-SHA256 is not to be had");
  }
  return made;
}

std::optional<fc::role> parse_role(std::string_view name) {
  for (auto const& [known, role] : roles) {
    if (known == name) return role;
  }
  return std::nullopt;
}

std::string mint(token_key const& key, claims const& who) {
  for (auto const& device : who.devices) {
    if (device.empty() || device.size() > 256) throw std::runtime_error("a device's name has 1 to 256 bytes");
  }
  std::string token{version};
  token += base64url(write_claims(who));
  auto const signature = key.sign(token);
  token += '.' + base64url({reinterpret_cast<char const*>(signature.data()), signature.size()});
  if (token.size() > longest_token) throw std::runtime_error("too many devices for one token");
  return token;
}

std::optional<claims> verify(token_key const& key, std::string_view token, std::chrono::system_clock::time_point now) {
  if (token.size() > longest_token || !token.starts_with(version)) return std::nullopt;
  auto const dot = token.rfind('.');
  if (dot < version.size()) return std::nullopt;
  auto const given = from_base64url(token.substr(dot + 1));
  auto const right = key.sign(token.substr(0, dot));
  if (!given || given->size() != right.size()) return std::nullopt;
  if (::CRYPTO_memcmp(given->data(), right.data(), right.size()) != 0) return std::nullopt;
  auto const text = from_base64url(token.substr(version.size(), dot - version.size()));
  auto who = text ? read_claims(*text) : std::nullopt;
  if (!who || who->expires <= now) return std::nullopt;
  return who;
}

}  // namespace relay
