// SPDX-License-Identifier: Apache-2.0
//
// What the kernel has noted of the memory at an address: the words of VmFlags in /proc/self/smaps, such as "dd" (left out of core
// dumps), "dc" (left out of forked children) and "hg" (huge pages were asked for). See proc_pid_smaps(5).
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace testing {

// With a blank before and after each word; none if nothing is mapped there, or the kernel does not say.
[[nodiscard]] inline std::optional<std::string> vm_flags_of(void const* at) {
  auto const wanted = reinterpret_cast<std::uintptr_t>(at);
  std::ifstream maps("/proc/self/smaps");
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0;
    std::uintptr_t to = 0;
    char rights[5] = {};
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &to, rights) == 3) {
      here = from <= wanted && wanted < to;
    } else if (here && line.starts_with("VmFlags:")) {
      return line + ' ';
    }
  }
  return std::nullopt;
}
[[nodiscard]] inline bool has_vm_flag(void const* at, std::string_view flag) {
  return vm_flags_of(at).value_or("").find(' ' + std::string{flag} + ' ') != std::string::npos;
}

}  // namespace testing
