#include "registry/audit/stored_gzip.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace rhumb::registry {
namespace {

// Deflate without compression (RFC 1951, 3.2.4): a byte that says whether it is the last block, the
// size and its complement, then the bytes. The header of gzip tells no time, name or system.
constexpr std::string_view kHeader("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
constexpr size_t kBlockMax = 65535;
constexpr size_t kBlockHead = 5;
constexpr size_t kTrailer = 8;

constexpr std::array<uint32_t, 256> make_crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1U) != 0 ? (value >> 1U) ^ 0xEDB88320U : value >> 1U;
    }
    table[i] = value;
  }
  return table;
}

uint32_t crc32(std::string_view bytes) {
  static constexpr std::array<uint32_t, 256> kTable = make_crc_table();
  uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc = kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ (crc >> 8U);
  }
  return ~crc;
}

void append_number(std::string& out, uint32_t number, int bytes) {
  for (int i = 0; i < bytes; ++i, number >>= 8U) {
    out += static_cast<char>(number & 0xFFU);
  }
}

}  // namespace

std::string write_stored_gzip(std::string_view content) {
  std::string out(kHeader);
  out.reserve(content.size() + content.size() / kBlockMax * kBlockHead + 64);
  for (size_t at = 0; at == 0 || at < content.size();) {
    const size_t size = std::min(kBlockMax, content.size() - at);
    out += at + size == content.size() ? '\x01' : '\x00';
    append_number(out, static_cast<uint32_t>(size), 2);
    append_number(out, ~static_cast<uint32_t>(size), 2);
    out += content.substr(at, size);
    at += std::max<size_t>(size, 1);
  }
  append_number(out, crc32(content), 4);
  append_number(out, static_cast<uint32_t>(content.size()), 4);
  return out;
}

Result<StoredGzip> read_stored_gzip(std::string_view bytes) {
  if (!bytes.starts_with(kHeader)) {
    return invalid("it is not packed as evidence is");
  }
  StoredGzip out;
  // Blocks are as large as they can be, so that their number follows from the size of all.
  for (size_t at = kHeader.size(); at + kBlockHead + kTrailer <= bytes.size();) {
    const size_t size = std::min(kBlockMax, bytes.size() - at - kBlockHead - kTrailer);
    out.content += bytes.substr(at + kBlockHead, size);
    at += kBlockHead + size;
  }
  out.is_intact = write_stored_gzip(out.content) == bytes;
  return out;
}

}  // namespace rhumb::registry
