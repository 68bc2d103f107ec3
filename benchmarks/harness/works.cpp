// SPDX-License-Identifier: Apache-2.0
//
// The works of DESIGN.md section 12. A thousand tenants share the keys unless the work is about their number.
#include <harness/work.hpp>

#include <algorithm>

namespace bench {
namespace {

constexpr shape hundred_thousand{1'000, 100};
constexpr shape million{1'000, 1'000};
constexpr std::uint32_t tenth = 100'000;

constexpr work works[] = {
    // clang-format off
    {"hit_100k",      operation::get,               order::uniform,   hundred_thousand, 0,     64},
    {"hit_1m",        operation::get,               order::uniform,   million,          0,     64},
    {"hot_key",       operation::get,               order::hot,       hundred_thousand, 0,     64},
    {"zipf_099",      operation::get_then_put,      order::zipf_099,  million,          tenth, 64},
    {"zipf_120",      operation::get_then_put,      order::zipf_120,  million,          tenth, 64},
    {"scan_zipf",     operation::get_then_put,      order::scan_zipf, million,          tenth, 64},
    {"half_half",     operation::half,              order::uniform,   hundred_thousand, 0,     64},
    {"frames_32k",    operation::put,               order::uniform,   {64, 64},         0,     32 * 1024},
    {"batch_100k",    operation::batch,             order::walls,     hundred_thousand, 0,     64},
    {"batch_1m",      operation::batch,             order::walls,     million,          0,     64},
    {"homes",         operation::get,               order::uniform,   {100'000, 3},     0,     64},
    {"buildings",     operation::get,               order::uniform,   {64, 4'000},      0,     64},
    {"tail_100k",     operation::tail,              order::uniform,   hundred_thousand, 0,     64},
    {"tail_put",      operation::tail_put,          order::uniform,   hundred_thousand, 0,     64},
    {"tail_zipf",     operation::tail_get_then_put, order::zipf_099,  million,          tenth, 64},
    {"open_viewer",   operation::open,              order::uniform,   {1'000, 1},       0,     64},
    // clang-format on
};

}  // namespace

std::span<work const> all_works() { return works; }

work scaled(work const& full, std::uint32_t divisor) {
  auto less = full;
  less.homes.tenants = std::max<std::uint32_t>(full.homes.tenants / divisor, 1);
  less.holds = full.holds / divisor;
  return less;
}

}  // namespace bench
