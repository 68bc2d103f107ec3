# SPDX-License-Identifier: Apache-2.0
# What our own tests and examples are built with; nothing here reaches a consumer.
include_guard(GLOBAL)

find_package(Threads REQUIRED)
add_library(framecache_development INTERFACE)
target_compile_options(framecache_development INTERFACE -Wall -Wextra -Wconversion -Wshadow)
target_link_libraries(framecache_development INTERFACE framecache::framecache Threads::Threads)

# A warning stops the build; `cmake --compile-no-warning-as-error` lets a newer compiler's new ones pass.
if(NOT DEFINED CMAKE_COMPILE_WARNING_AS_ERROR)
  set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
