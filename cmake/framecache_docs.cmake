# SPDX-License-Identifier: Apache-2.0
#
# `cmake --build build --target docs`: the reference, from the comments in the headers. Only where Doxygen is installed.
find_package(Doxygen QUIET)
if(NOT DOXYGEN_FOUND)
  return()
endif()

set(DOXYGEN_FILE_PATTERNS *.hpp)
set(DOXYGEN_STRIP_FROM_PATH "${PROJECT_SOURCE_DIR}/include")
set(DOXYGEN_STRIP_FROM_INC_PATH "${PROJECT_SOURCE_DIR}/include")
set(DOXYGEN_EXTRACT_ALL YES)
set(DOXYGEN_HAVE_DOT NO)
set(DOXYGEN_QUIET YES)
set(DOXYGEN_WARN_AS_ERROR FAIL_ON_WARNINGS)
set(DOXYGEN_FILTER_PATTERNS "*.hpp=${PROJECT_SOURCE_DIR}/cmake/doxygen_filter")
set(DOXYGEN_MACRO_EXPANSION YES)
set(DOXYGEN_EXPAND_ONLY_PREDEF YES)
set(
  DOXYGEN_PREDEFINED
  __linux__
  __cplusplus=202002L
  "ABSL_GUARDED_BY(x)="
  "ABSL_EXCLUSIVE_LOCKS_REQUIRED(x)="
  "ABSL_EXCLUSIVE_LOCK_FUNCTION(x)="
  "ABSL_UNLOCK_FUNCTION(x)="
  "ABSL_ASSERT_EXCLUSIVE_LOCK(x)="
  ABSL_NO_THREAD_SAFETY_ANALYSIS=
  ABSL_LOCKABLE=
  ABSL_SCOPED_LOCKABLE=
)
doxygen_add_docs(docs "${PROJECT_SOURCE_DIR}/include/framecache" COMMENT "Writing the reference")
