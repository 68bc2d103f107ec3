# SPDX-License-Identifier: Apache-2.0
# Where the libraries that framecache stands on come from. In this order, for each: a target that already exists (the
# consumer's own choice always wins), an installed package, a download that is pinned by hash or commit. A source folder
# that the user names (FETCHCONTENT_SOURCE_DIR_ABSL and so on) comes before the package.
#
# Packages are asked for without a version: Abseil's version file accepts an exact match only, so that any version
# written here would refuse every other release. The oldest that works is checked afterwards instead.
include_guard(GLOBAL)
include(FetchContent)

set(FRAMECACHE_ABSEIL_OLDEST 20220623)

# A build without the internet names a copy of the same archives here (file://... or a mirror); the hash does not move.
set(
  FRAMECACHE_ABSEIL_URL
  "https://github.com/abseil/abseil-cpp/archive/refs/tags/20220623.1.tar.gz"
  CACHE STRING "Where to download Abseil from when no target and no package provides it"
)
set(
  FRAMECACHE_XXHASH_URL
  "https://github.com/Cyan4973/xxHash/archive/refs/tags/v0.8.1.tar.gz"
  CACHE STRING "Where to download xxHash from when no target and no header provides it"
)
mark_as_advanced(FRAMECACHE_ABSEIL_URL FRAMECACHE_XXHASH_URL)

function(framecache_provide_abseil)
  if(NOT TARGET absl::core_headers AND NOT FETCHCONTENT_SOURCE_DIR_ABSL)
    # GLOBAL: the target that needs them is used outside this directory when the project is vendored.
    find_package(absl GLOBAL QUIET CONFIG)
    if(absl_FOUND AND DEFINED absl_VERSION AND absl_VERSION VERSION_LESS FRAMECACHE_ABSEIL_OLDEST)
      message(
        FATAL_ERROR
        "framecache needs Abseil ${FRAMECACHE_ABSEIL_OLDEST} or newer; version ${absl_VERSION} was found in ${absl_DIR}. "
        "Point absl_DIR or CMAKE_PREFIX_PATH at a newer one, or set CMAKE_DISABLE_FIND_PACKAGE_absl=ON to download it."
      )
    endif()
  endif()
  if(NOT TARGET absl::core_headers)
    message(STATUS "framecache: no Abseil target or package, taking ${FRAMECACHE_ABSEIL_URL}")
    # Abseil's flags are part of its ABI: everything that links it has to be compiled as the same C++.
    set(ABSL_PROPAGATE_CXX_STD ON)
    if(NOT DEFINED CMAKE_CXX_STANDARD)
      set(CMAKE_CXX_STANDARD 20)
    endif()
    set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
    set(BUILD_TESTING OFF)
    set(CMAKE_COMPILE_WARNING_AS_ERROR OFF) # a newer compiler's warning in somebody else's code stops nobody
    FetchContent_Declare(
      absl
      SYSTEM # first: CMake 3.25 takes it for a part of the option before it
      URL "${FRAMECACHE_ABSEIL_URL}"
      URL_HASH SHA256=91ac87d30cc6d79f9ab974c51874a704de9c2647c40f6932597329a282217ba8
      DOWNLOAD_EXTRACT_TIMESTAMP OFF
    )
    FetchContent_MakeAvailable(absl)
    # Only what is linked is built: Abseil has ten times the libraries that the cache needs.
    set_property(DIRECTORY "${absl_SOURCE_DIR}" PROPERTY EXCLUDE_FROM_ALL ON)
    set_property(GLOBAL PROPERTY framecache_abseil_was_fetched ON)
  endif()
endfunction()

# xxHash is compiled into its user (XXH_INLINE_ALL), so that only the folder of xxhash.h matters, never the library.
function(framecache_provide_xxhash)
  if(TARGET framecache::xxhash_headers)
    return()
  endif()
  if(NOT FETCHCONTENT_SOURCE_DIR_XXHASH)
    include(framecache_find_xxhash)
  endif()
  if(NOT TARGET framecache::xxhash_headers)
    message(STATUS "framecache: no xxHash target or header, taking ${FRAMECACHE_XXHASH_URL}")
    FetchContent_Declare(
      xxHash
      URL "${FRAMECACHE_XXHASH_URL}"
      URL_HASH SHA256=3bb6b7d6f30c591dd65aaaff1c8b7a5b94d81687998ca9400082c739a690436c
      DOWNLOAD_EXTRACT_TIMESTAMP OFF
      SOURCE_SUBDIR headers-only # there is no such folder: nothing of xxHash's own build runs
    )
    FetchContent_MakeAvailable(xxHash)
    add_library(framecache::xxhash_headers INTERFACE IMPORTED GLOBAL)
    target_include_directories(framecache::xxhash_headers INTERFACE "${xxhash_SOURCE_DIR}")
  endif()
endfunction()

# Debian repacks doctest's archive, which leaves no hash that could be compared: pinned by commit.
function(framecache_provide_doctest)
  if(NOT TARGET doctest::doctest AND NOT FETCHCONTENT_SOURCE_DIR_DOCTEST)
    find_package(doctest GLOBAL QUIET CONFIG)
  endif()
  if(NOT TARGET doctest::doctest)
    message(STATUS "framecache: no doctest target or package, cloning it")
    set(DOCTEST_WITH_TESTS OFF)
    set(DOCTEST_NO_INSTALL ON)
    set(CMAKE_COMPILE_WARNING_AS_ERROR OFF)
    set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
    FetchContent_Declare(
      doctest
      SYSTEM
      GIT_REPOSITORY https://github.com/doctest/doctest.git
      GIT_TAG b7c21ec5ceeadb4951b00396fc1e4642dd347e5f # v2.4.9
    )
    FetchContent_MakeAvailable(doctest)
  endif()
endfunction()
