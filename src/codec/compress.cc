#include "codec/compress.h"

#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/check.h"

namespace rhumb::codec {
namespace {

constexpr int kGzipWindow = 15 + 16;           // the largest window, with a gzip header
constexpr size_t kPieceMax = size_t{1} << 30;  // zlib counts in 32 bits
constexpr size_t kBufferSize = size_t{64} << 10;

Error too_large(size_t size_max) {
  return Error(ErrorCode::kLimit,
               "compressed content is larger than " + std::to_string(size_max) + " bytes");
}

const Bytef* raw(std::string_view text) {
  return reinterpret_cast<const Bytef*>(text.data());
}

/// Appends what was produced; false when that is more than allowed.
bool append_limited(std::string& out, const char* data, size_t size, size_t size_max) {
  if (size > size_max - out.size()) {
    return false;
  }
  out.append(data, size);
  return true;
}

struct Inflater {
  z_stream stream{};

  Inflater() { RHUMB_CHECK(inflateInit2(&stream, kGzipWindow) == Z_OK, "zlib starts"); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }

  void feed(std::string_view& rest) {
    if (stream.avail_in == 0) {
      const std::string_view piece = rest.substr(0, kPieceMax);
      stream.next_in = raw(piece);
      stream.avail_in = static_cast<uInt>(piece.size());
      rest.remove_prefix(piece.size());
    }
  }
};

struct Deflater {
  z_stream stream{};

  explicit Deflater(int level) {
    const int started =
        deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
    RHUMB_CHECK(started == Z_OK, "zlib starts");
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream); }
};

}  // namespace

std::string gzip_compress(std::string_view content, int level) {
  Deflater deflater(level);
  z_stream& stream = deflater.stream;
  std::string out;
  std::array<char, kBufferSize> buffer{};
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    if (stream.avail_in == 0) {
      const std::string_view piece = content.substr(0, kPieceMax);
      stream.next_in = raw(piece);
      stream.avail_in = static_cast<uInt>(piece.size());
      content.remove_prefix(piece.size());
    }
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    state = deflate(&stream, content.empty() ? Z_FINISH : Z_NO_FLUSH);
    RHUMB_CHECK(state == Z_OK || state == Z_STREAM_END, "deflating memory does not fail");
    out.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  return out;
}

Result<std::string> gzip_decompress(std::string_view compressed, size_t size_max) {
  Inflater inflater;
  z_stream& stream = inflater.stream;
  std::string out;
  std::array<char, kBufferSize> buffer{};
  while (true) {
    inflater.feed(compressed);
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int state = inflate(&stream, Z_NO_FLUSH);
    if (!append_limited(out, buffer.data(), buffer.size() - stream.avail_out, size_max)) {
      return too_large(size_max);
    }
    const bool at_end = stream.avail_in == 0 && compressed.empty();
    if (state == Z_STREAM_END) {
      if (at_end) {
        return out;
      }
      inflateReset(&stream);
    } else if (state == Z_BUF_ERROR || (at_end && stream.avail_out != 0)) {
      return invalid("gzip content ends too early");
    } else if (state != Z_OK) {
      return invalid("gzip content is damaged");
    }
  }
}

std::string zstd_compress(std::string_view content, int level) {
  // Kept for the thread: making one costs more than compressing a short text.
  thread_local const std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx*)> kContext(ZSTD_createCCtx(),
                                                                                 &ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(kContext.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(kContext.get(), ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(content.size()), '\0');
  const size_t size =
      ZSTD_compress2(kContext.get(), out.data(), out.size(), content.data(), content.size());
  RHUMB_CHECK(ZSTD_isError(size) == 0, "compressing into a buffer of the bound does not fail");
  out.resize(size);
  return out;
}

Result<std::string> zstd_decompress(std::string_view compressed, size_t size_max) {
  const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                   &ZSTD_freeDCtx);
  std::string out;
  std::array<char, kBufferSize> buffer{};
  ZSTD_inBuffer input = {compressed.data(), compressed.size(), 0};
  while (true) {
    ZSTD_outBuffer output = {buffer.data(), buffer.size(), 0};
    const size_t hint = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(hint) != 0) {
      return invalid("zstd content is damaged")
          .caused_by({.code = "", .text = ZSTD_getErrorName(hint)});
    }
    if (!append_limited(out, buffer.data(), output.pos, size_max)) {
      return too_large(size_max);
    }
    if (input.pos == input.size) {
      if (hint == 0) {
        return out;
      }
      if (output.pos < output.size) {
        return invalid("zstd content ends too early");
      }
    }
  }
}

}  // namespace rhumb::codec
