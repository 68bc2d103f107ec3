# SPDX-License-Identifier: Apache-2.0
# `cmake --install` and the package that find_package(framecache) finds afterwards.
get_property(framecache_abseil_was_fetched GLOBAL PROPERTY framecache_abseil_was_fetched)
if(framecache_abseil_was_fetched)
  # The installed package would name targets that exist in this build only.
  message(STATUS "framecache: no install rules, because Abseil was downloaded for this build; install Abseil first")
  return()
endif()

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(framecache_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/framecache")

install(TARGETS framecache EXPORT framecache_targets FILE_SET HEADERS)
install(
  EXPORT framecache_targets
  FILE framecache-targets.cmake
  NAMESPACE framecache::
  DESTINATION "${framecache_package_dir}"
)
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/framecache-config.cmake.in"
  "${PROJECT_BINARY_DIR}/framecache-config.cmake"
  INSTALL_DESTINATION "${framecache_package_dir}"
  NO_SET_AND_CHECK_MACRO
)
# Before 1.0 a minor release may change the interface.
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/framecache-config-version.cmake"
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT
)
install(
  FILES
    "${PROJECT_BINARY_DIR}/framecache-config.cmake"
    "${PROJECT_BINARY_DIR}/framecache-config-version.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/framecache_find_xxhash.cmake"
  DESTINATION "${framecache_package_dir}"
)
