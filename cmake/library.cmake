# rhumb_library(NAME x/y SOURCES a.cc ... [TESTS a_test.cc ...] [DEPENDS base ...] [LINKS fmt::fmt ...])
#
# One folder of src/ = one static library rhumb_x_y, namespace rhumb::y, plus one test binary
# rhumb_x_y_test. DEPENDS names other rooms of the house and is what tools/check_layers.py holds
# every #include against; LINKS names third-party targets.
function(rhumb_library)
  cmake_parse_arguments(LIB "" "NAME" "SOURCES;TESTS;DEPENDS;LINKS;TEST_LINKS" ${ARGN})
  string(REPLACE "/" "_" flat ${LIB_NAME})
  set(target rhumb_${flat})
  add_library(${target} STATIC ${LIB_SOURCES})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${target} PRIVATE rhumb_warnings)
  foreach(dep ${LIB_DEPENDS})
    string(REPLACE "/" "_" flat_dep ${dep})
    target_link_libraries(${target} PUBLIC rhumb_${flat_dep})
  endforeach()
  target_link_libraries(${target} PUBLIC ${LIB_LINKS})
  if(RHUMB_TESTS AND LIB_TESTS)
    add_executable(${target}_test ${LIB_TESTS})
    target_link_libraries(${target}_test PRIVATE ${target} rhumb_warnings GTest::gmock_main
                                                 ${LIB_TEST_LINKS})
    target_compile_definitions(${target}_test
                               PRIVATE RHUMB_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${flat} COMMAND ${target}_test)
    set_property(GLOBAL APPEND PROPERTY RHUMB_TEST_TARGETS ${target}_test)
  endif()
endfunction()
