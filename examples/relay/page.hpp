// SPDX-License-Identifier: Apache-2.0
// The page's files, as the build found them in page/.
#pragma once

#include <string_view>

namespace relay {

extern std::string_view const page_index;
extern std::string_view const page_script;
extern std::string_view const page_style;

}  // namespace relay
