// SPDX-License-Identifier: Apache-2.0
//
// What the kernel has noted of the memory at an address: the words of VmFlags in /proc/self/smaps, such as "dd" (not in core dumps)
// and "hg" (huge pages were asked for). See proc_pid_smaps(5).
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace testing {

[[nodiscard]] inline bool has_vm_flag(void const* at, std::string const& flag) {
  auto const wanted = reinterpret_cast<std::uintptr_t>(at);
  std::ifstream maps("/proc/self/smaps");
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0;
    std::uintptr_t to = 0;
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " ", &from, &to) == 2) {
      here = from <= wanted && wanted < to;
    } else if (here && line.rfind("VmFlags:", 0) == 0) {
      return (line + ' ').find(' ' + flag + ' ') != std::string::npos;
    }
  }
  return false;
}

}  // namespace testing
