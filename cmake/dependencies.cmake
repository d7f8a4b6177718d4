# Every third-party library, found in one place, each with the reason it is here.
# What every command needs is linked statically, so that a command starts in two milliseconds;
# OpenSSL stays shared for the distribution's security updates. What only some commands need
# (libcurl, libpq, libmariadb, libarchive, libfido2) is opened on first use: only its header is needed here.
find_package(Threads REQUIRED)

find_package(fmt REQUIRED)  # all formatting
find_package(OpenSSL REQUIRED)  # TLS, SHA-256, HMAC, random
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json)  # JSON, HTTP server (Beast), big integers
find_path(SQLITE_INCLUDE_DIR sqlite3.h REQUIRED)  # SQLite driver and the default registry store
find_library(SQLITE_ARCHIVE libsqlite3.a REQUIRED)
find_path(ZSTD_INCLUDE_DIR zstd.h REQUIRED)  # stored bodies
find_library(ZSTD_ARCHIVE libzstd.a REQUIRED)
find_library(Z_ARCHIVE libz.a REQUIRED)  # HTTP gzip
find_library(YAML_ARCHIVE libyaml.a REQUIRED)  # yamldecode, yamlencode, yamlmerge
find_library(RE2_ARCHIVE libre2.a REQUIRED)  # every regular expression a user writes (Go syntax)
find_library(UTF8PROC_ARCHIVE libutf8proc.a REQUIRED)  # Unicode categories, NFC, graphemes
find_library(SODIUM_ARCHIVE libsodium.a REQUIRED)  # passwords of a registry's people: argon2id
find_path(ABSL_INCLUDE_DIR absl/time/time.h REQUIRED)  # time zones, from the files of tzdata: g++ 12 has none of C++20's
set(absl_archives "")
foreach(name time time_zone strings strings_internal int128 throw_delegate raw_logging_internal base spinlock_wait)
  find_library(ABSL_${name}_ARCHIVE libabsl_${name}.a REQUIRED)
  list(APPEND absl_archives ${ABSL_${name}_ARCHIVE})
endforeach()
find_path(PQ_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)  # PostgreSQL; opened on first use
find_path(CURL_INCLUDE_DIR curl/curl.h REQUIRED)  # outgoing HTTP; the library is opened on first use
find_path(MARIADB_INCLUDE_DIR mariadb/mysql.h REQUIRED)  # MySQL and MariaDB; opened on first use
find_path(FIDO_INCLUDE_DIR fido.h REQUIRED)  # passkeys of people of a registry; opened on first use

# rhumb_archive(NAME FILE LINKS...): an imported static library under the name dep::NAME.
function(rhumb_archive name file)
  add_library(dep::${name} STATIC IMPORTED GLOBAL)
  set_target_properties(dep::${name} PROPERTIES IMPORTED_LOCATION ${file})
  if(ARGN)
    set_property(TARGET dep::${name} PROPERTY INTERFACE_LINK_LIBRARIES ${ARGN})
  endif()
endfunction()
rhumb_archive(sqlite ${SQLITE_ARCHIVE} Threads::Threads ${CMAKE_DL_LIBS} m)
rhumb_archive(zstd ${ZSTD_ARCHIVE} Threads::Threads)
rhumb_archive(zlib ${Z_ARCHIVE})
rhumb_archive(yaml ${YAML_ARCHIVE})
rhumb_archive(re2 ${RE2_ARCHIVE} Threads::Threads)
rhumb_archive(utf8proc ${UTF8PROC_ARCHIVE})
rhumb_archive(sodium ${SODIUM_ARCHIVE} Threads::Threads)
list(POP_FRONT absl_archives absl_time)
rhumb_archive(absl_time ${absl_time} ${absl_archives} Threads::Threads)

if(RHUMB_TESTS)
  find_package(GTest REQUIRED)  # unit tests
endif()
