# SPDX-License-Identifier: Apache-2.0
# Defines framecache::xxhash_headers when a target or a header of xxHash is there. Runs in this project and in the
# installed package alike. Debian's xxHash has no CMake config, hence the look for the bare header.
if(NOT TARGET framecache::xxhash_headers)
  if(NOT TARGET xxHash::xxhash AND NOT TARGET xxhash)
    find_package(xxHash GLOBAL QUIET CONFIG)
  endif()
  foreach(framecache_candidate IN ITEMS xxHash::xxhash xxhash)
    if(TARGET ${framecache_candidate} AND NOT TARGET framecache::xxhash_headers)
      add_library(framecache::xxhash_headers INTERFACE IMPORTED GLOBAL)
      target_include_directories(
        framecache::xxhash_headers
        INTERFACE "$<TARGET_PROPERTY:${framecache_candidate},INTERFACE_INCLUDE_DIRECTORIES>"
      )
    endif()
  endforeach()
  unset(framecache_candidate)
endif()
if(NOT TARGET framecache::xxhash_headers)
  find_path(framecache_xxhash_include_dir NAMES xxhash.h DOC "The folder of xxhash.h")
  mark_as_advanced(framecache_xxhash_include_dir)
  if(framecache_xxhash_include_dir)
    add_library(framecache::xxhash_headers INTERFACE IMPORTED GLOBAL)
    target_include_directories(framecache::xxhash_headers INTERFACE "${framecache_xxhash_include_dir}")
  endif()
endif()
