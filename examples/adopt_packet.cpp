// SPDX-License-Identifier: Apache-2.0
//
// A relay that already holds its pictures in libavcodec's packets gives them to the cache without a copy: adopt() takes over
// a reference to the packet's memory and lets go of it after the last reader. Real MJPEG encoder, real decoder.
#include <framecache/framecache.hpp>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
}

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace fc = framecache;

namespace {

constexpr int width = 320;
constexpr int height = 240;

struct free_context {
  void operator()(AVCodecContext* c) const noexcept { avcodec_free_context(&c); }
};
struct free_frame {
  void operator()(AVFrame* f) const noexcept { av_frame_free(&f); }
};
struct free_packet {
  void operator()(AVPacket* p) const noexcept { av_packet_free(&p); }
};
using context_ptr = std::unique_ptr<AVCodecContext, free_context>;
using frame_ptr = std::unique_ptr<AVFrame, free_frame>;
using packet_ptr = std::unique_ptr<AVPacket, free_packet>;

// What adopt() needs to know of memory that is not the cache's. Moving it moves a pointer; destroying it gives the packet's
// reference back to libavcodec, and the cache does that once, after the last reader, with no lock held.
class packet_owner final {
 public:
  // Nobody writes into an encoded packet any more. The cache cannot check that: it believes this line.
  static constexpr bool immutable = true;

  explicit packet_owner(packet_ptr packet) noexcept
      : bytes_(std::make_unique<std::span<std::byte const>>(reinterpret_cast<std::byte const*>(packet->data),
                                                            static_cast<std::size_t>(packet->size))),
        packet_(std::move(packet)) {}

  // On the heap, so that the answer of buffers() stays where it is when the owner moves.
  [[nodiscard]] std::span<std::span<std::byte const> const> buffers() const noexcept { return {bytes_.get(), 1}; }
  // What the memory costs, padding included; it counts toward the cache's capacity.
  [[nodiscard]] fc::byte_count charge() const noexcept {
    return fc::byte_count{packet_->buf == nullptr ? bytes_->size() : packet_->buf->size};
  }

 private:
  std::unique_ptr<std::span<std::byte const>> bytes_;
  packet_ptr packet_;
};
static_assert(fc::frame_owner<packet_owner>);

class token_check final : public fc::authenticator {
 public:
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    return fc::admission{
        .tenant = fc::tenant_id{std::uint64_t{1}},
        .principal = fc::principal_id{std::uint64_t{1}},
        .role = credential == "camera" ? fc::role::publisher : fc::role::viewer,
        .audiences = fc::audience_list::of<fc::anyone>(),
        .devices = fc::device_list::all(),
        .expires = fc::expiry::never(),
    };
  }
};

// One picture: brighter from left to right, the chroma of a strong orange.
constexpr int left_luma = 60;
constexpr int right_luma = 200;
constexpr int orange_u = 70;
constexpr int orange_v = 190;

frame_ptr paint() {
  frame_ptr picture{av_frame_alloc()};
  if (!picture) return nullptr;
  picture->format = AV_PIX_FMT_YUVJ420P;
  picture->width = width;
  picture->height = height;
  if (av_frame_get_buffer(picture.get(), 0) < 0) return nullptr;
  for (int y = 0; y != height; ++y) {
    for (int x = 0; x != width; ++x) {
      picture->data[0][y * picture->linesize[0] + x] =
          static_cast<std::uint8_t>(left_luma + (right_luma - left_luma) * x / (width - 1));
    }
  }
  for (int y = 0; y != height / 2; ++y) {
    std::fill_n(picture->data[1] + std::ptrdiff_t{y} * picture->linesize[1], width / 2,
                static_cast<std::uint8_t>(orange_u));
    std::fill_n(picture->data[2] + std::ptrdiff_t{y} * picture->linesize[2], width / 2,
                static_cast<std::uint8_t>(orange_v));
  }
  return picture;
}

packet_ptr encode(AVFrame const& picture) {
  auto const* const codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  context_ptr const encoder{codec == nullptr ? nullptr : avcodec_alloc_context3(codec)};
  packet_ptr packet{av_packet_alloc()};
  if (!encoder || !packet) return nullptr;
  encoder->width = picture.width;
  encoder->height = picture.height;
  encoder->pix_fmt = AV_PIX_FMT_YUVJ420P;
  encoder->time_base = {1, 15};
  if (avcodec_open2(encoder.get(), codec, nullptr) < 0) return nullptr;
  if (avcodec_send_frame(encoder.get(), &picture) < 0) return nullptr;
  if (avcodec_receive_packet(encoder.get(), packet.get()) < 0) return nullptr;
  return packet;
}

// Decodes what a viewer read. libavcodec reads a few bytes past the end, so an adopted frame is copied into a packet with its
// own padding first; frames in the cache's own memory have 64 zero bytes after them and need no copy.
frame_ptr decode(std::span<std::byte const> bytes) {
  auto const* const codec = avcodec_find_decoder(AV_CODEC_ID_MJPEG);
  context_ptr const decoder{codec == nullptr ? nullptr : avcodec_alloc_context3(codec)};
  packet_ptr const packet{av_packet_alloc()};
  frame_ptr picture{av_frame_alloc()};
  if (!decoder || !packet || !picture || bytes.empty()) return nullptr;
  if (av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0) return nullptr;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::byte*>(packet->data));
  if (avcodec_open2(decoder.get(), codec, nullptr) < 0) return nullptr;
  if (avcodec_send_packet(decoder.get(), packet.get()) < 0) return nullptr;
  if (avcodec_receive_frame(decoder.get(), picture.get()) < 0) return nullptr;
  return picture;
}

// JPEG is lossy: a few steps of 256 are allowed.
bool about(int seen, int painted) { return std::abs(seen - painted) <= 6; }

bool is_what_was_painted(AVFrame const& picture) {
  auto const middle = height / 2;
  auto const* const luma = picture.data[0] + std::ptrdiff_t{middle} * picture.linesize[0];
  auto const chroma = [&](int plane) {
    return int{picture.data[plane][middle / 2 * picture.linesize[plane] + width / 4]};
  };
  std::printf("decoded %dx%d: luma %d to %d, chroma %d %d\n", picture.width, picture.height, luma[0], luma[width - 1],
              chroma(1), chroma(2));
  return picture.width == width && picture.height == height && about(luma[0], left_luma) &&
         about(luma[width - 1], right_luma) && about(chroma(1), orange_u) && about(chroma(2), orange_v);
}

}  // namespace

int main() {
  token_check check;
  fc::registry homes{check};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{16}}};

  auto const picture = paint();
  auto packet = picture ? encode(*picture) : nullptr;
  if (!packet) {
    std::puts("this libavcodec has no MJPEG encoder");
    return 1;
  }
  auto const* const encoded_at = reinterpret_cast<std::byte const*>(packet->data);
  bool const keyframe = (packet->flags & AV_PKT_FLAG_KEY) != 0;
  std::printf("encoded: %d bytes\n", packet->size);

  auto const camera = cache.publisher("camera");
  auto const stream = camera.begin(camera.device("porch"));
  // The owner is taken only when the answer is `committed`; after any other it is still ours.
  auto const done = stream.adopt(
      packet_owner{std::move(packet)},
      {.keyframe = keyframe, .codec = fc::codec::jpeg, .width = std::uint16_t{width}, .height = std::uint16_t{height}});
  std::printf("adopt: %s\n", fc::to_string(done).data());

  auto const eye = cache.viewer("phone");
  auto const frame = eye.find(stream.device(), stream.generation());
  auto const view = eye.read(frame);
  bool const same_memory = view.bytes().data() == encoded_at;
  std::printf("read: %s, %zu bytes, %s\n", fc::to_string(view.why()).data(), view.bytes().size(),
              same_memory ? "in the encoder's own memory" : "copied");
  auto const seen = decode(view.bytes());
  return done == fc::commit_status::committed && same_memory && seen && is_what_was_painted(*seen) ? 0 : 1;
}
