# SPDX-License-Identifier: Apache-2.0
# What an Abseil that is too old looks like to find_package: the version and the one target that is asked for.
add_library(absl::core_headers INTERFACE IMPORTED)
