// SPDX-License-Identifier: Apache-2.0
// A relay: cameras push pictures in, viewers of the same home get them out. `relay serve`, `relay keygen`, `relay mint`.
#include "options.hpp"
#include "server.hpp"
#include "service.hpp"

#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <thread>
#include <vector>

namespace relay {
namespace {

/// Descriptors are what idle connections cost first, and the soft limit is often 1024. As many connections as there are
/// places may be leaving at the same time.
void fit_descriptors(serve_options& settings) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  settings.max_connections = std::min<std::size_t>(settings.max_connections, limit.rlim_cur / 2 - 32);
}

void print_counts(service const& shared) {
  auto const stats = shared.cache.stats();
  auto const lookups = stats.hits + stats.misses;
  double const hit_ratio = lookups == 0 ? 0.0 : static_cast<double>(stats.hits) / static_cast<double>(lookups);
  auto const print = [](char const* name, std::uint64_t value) {
    std::printf("%s=%llu ", name, static_cast<unsigned long long>(value));
  };
  print("frames_in", shared.counts.frames_in);
  print("served", shared.counts.served);
  std::printf("hit_ratio=%.4f ", hit_ratio);
  print("bytes", stats.resident);
  print("pinned", stats.pinned);
  print("generations", stats.generations);
  print("devices", shared.names.size());
  print("refused", shared.counts.refused_in_all());
  std::printf("crossings=%llu\n", static_cast<unsigned long long>(stats.crossings_refused));
  std::fflush(stdout);
}

task<> print_every_second(service const& shared) {
  auto const executor = co_await asio::this_coro::executor;
  asio::steady_timer timer{executor, steady::now()};
  for (;;) {
    timer.expires_at(timer.expiry() + std::chrono::seconds{1});
    co_await timer.async_wait(asio::use_awaitable);
    print_counts(shared);
  }
}

task<> until_signalled(asio::io_context& context, server& front) {
  asio::signal_set signals{context, SIGINT, SIGTERM};
  co_await signals.async_wait(asio::use_awaitable);
  co_await front.drain();
  context.stop();
}

int serve(serve_options settings) {
  fit_descriptors(settings);
  std::signal(SIGPIPE, SIG_IGN);
  service shared{settings};
  {
    asio::io_context context{static_cast<int>(settings.threads)};
    server front{context, shared};
    std::printf("listening on %s\n", front.address().c_str());
    std::fflush(stdout);

    auto const control = asio::make_strand(context);
    asio::co_spawn(control, front.accept_all(), asio::detached);
    asio::co_spawn(control, until_signalled(context, front), asio::detached);
    if (!settings.quiet) asio::co_spawn(context, print_every_second(shared), asio::detached);
    std::vector<std::jthread> workers;
    for (unsigned i = 1; i < settings.threads; ++i) workers.emplace_back([&] { context.run(); });
    context.run();
  }
  // Every connection is gone, and with it every viewer, handle and draft: nothing may outlive the cache.
  auto const still_out = shared.cache.close(steady::now() + std::chrono::seconds{2});
  std::printf("drained, %zu handles out\n", still_out);
  return still_out == 0 ? 0 : 1;
}

int run(keygen_options const& chosen) {
  token_key::create(chosen.key_file);
  return 0;
}

int run(mint_options const& chosen) {
  auto const expires = std::chrono::system_clock::now() + chosen.expires;
  auto const token =
      mint(token_key::load(chosen.key_file), {chosen.tenant, chosen.principal, chosen.role, expires, chosen.devices});
  std::printf("%s\n", token.c_str());
  return 0;
}

int run(serve_options const& chosen) { return serve(chosen); }

}  // namespace
}  // namespace relay

int main(int argc, char** argv) {
  try {
    std::vector<char const*> const words(argv + 1, argv + argc);
    return std::visit([](auto const& chosen) { return relay::run(chosen); }, relay::parse_command_line(words));
  } catch (std::exception const& wrong) {
    std::fprintf(stderr, "relay: %s\n%.*s", wrong.what(), static_cast<int>(relay::usage.size()), relay::usage.data());
    return 2;
  }
}
