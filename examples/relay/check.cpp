// SPDX-License-Identifier: Apache-2.0
//
// relay_check: viewers who trust nothing that the relay says.
//
// For each home it opens several connections, asks for stills of the home's cameras as fast as is polite, keeps one
// live stream of each camera open, and asks for names that belong to the other homes. Every picture is decoded and
// looked at. Counted, and each of them a failure:
//   foreign      the picture shows another home's colour or another camera's number
//   torn         not whole: a JPEG that libjpeg warns of, bytes missing or left over, or rows of two frames
//   undecodable  no JPEG
//   over_age     older than was asked for, by the relay's own word or by when this client first saw that frame
//   backwards    an answer to a later question that is older, or a sequence number that names two pictures
//   headers      a header that a still must carry is missing or contradicts another
//   unlike       another home's camera is answered differently from a name that nobody has
//   broken       a connection that ended within an answer, an answer that never came, or one of an unknown kind
//
// What a picture looks like is said in examples/relay/camera, which draws it.

#include "check/connection.hpp"
#include "check/options.hpp"
#include "check/order.hpp"
#include "check/picture.hpp"
#include "check/self_test.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/src.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace check {
namespace {

// ---------------------------------------------------------------- the run

struct totals {
  std::uint64_t stills = 0, live = 0, too_old = 0, absent = 0, probes = 0;
  std::uint64_t foreign = 0, torn = 0, undecodable = 0, over_age = 0, backwards = 0, headers = 0, unlike = 0,
                broken = 0;

  [[nodiscard]] std::uint64_t wrong() const {
    return foreign + torn + undecodable + over_age + backwards + headers + unlike + broken;
  }
};

struct state {
  options asked;
  totals count;
  steady::time_point end;
  std::map<std::pair<std::string, std::string>, std::optional<newest>> cameras;  // (home, path)
  std::set<std::pair<std::string, std::uint64_t>> generations;
  std::vector<double> foreign_us, unknown_us;
  std::mt19937 random{std::random_device{}()};

  [[nodiscard]] bool over() const { return steady::now() >= end; }

  // Says what was wrong, the first times.
  void blame(std::uint64_t& counter, std::string_view what, viewer const& who, std::string_view path) {
    ++counter;
    if (count.wrong() <= 10) std::cerr << "check: " << what << ": home " << who.home << ", " << path << '\n';
  }
};

// Boost's own text ends in a place in Boost's sources.
std::string reason_of(std::exception const& error) {
  auto const* const code = dynamic_cast<boost::system::system_error const*>(&error);
  return code != nullptr ? code->code().message() : error.what();
}

// ---------------------------------------------------------------- what the viewers do

net::awaitable<void> pause(steady::duration how_long) {
  net::steady_timer timer(co_await net::this_coro::executor, how_long);
  co_await timer.async_wait(net::use_awaitable);
}

void judge_picture(state& all, viewer const& who, std::string const& path, looked_at const& seen) {
  if (seen.what == sight::foreign) all.blame(all.count.foreign, "foreign picture", who, path);
  if (seen.what == sight::torn) all.blame(all.count.torn, "torn picture", who, path);
  if (seen.what == sight::undecodable) all.blame(all.count.undecodable, "undecodable picture", who, path);
}

looked_at look_for(state const& all, viewer const& who, std::string const& path, bytes const& jpeg) {
  auto const number = all.asked.numbers.find({who.home, path});
  return look(jpeg, who.paint,
              number == all.asked.numbers.end() ? std::nullopt : std::optional<unsigned>(number->second));
}

// The facts that a still's headers state; empty when one is missing or contradicts another.
std::optional<facts> facts_of(answer const& got) {
  auto const age = number_in(got, "X-Frame-Age-Ms"), seconds = number_in(got, "Age");
  auto const generation = number_in(got, "X-Stream-Generation"), sequence = number_in(got, "X-Frame-Sequence");
  if (!age || !seconds || !generation || !sequence || *seconds != *age / 1000) return std::nullopt;
  auto const tag = got[http::field::etag];
  if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') return std::nullopt;
  if (got[http::field::cache_control] != "private, no-store") return std::nullopt;
  if (got[http::field::content_type] != "image/jpeg") return std::nullopt;
  return facts{*generation, *sequence, milliseconds(*age), 0};
}

void judge_still(state& all, viewer const& who, std::string const& path, answer const& got,
                 std::optional<newest> const& before, steady::time_point asked) {
  ++all.count.stills;
  auto const answered = steady::now();
  looked_at const seen = look_for(all, who, path, got.body());
  judge_picture(all, who, path, seen);
  auto stated = facts_of(got);
  if (!stated) {
    all.blame(all.count.headers, "headers of a still", who, path);
    return;
  }
  if (seen.what != sight::whole) return;
  stated->frame = seen.frame;
  auto const bad = hold_against(all.cameras[{who.home, path}], before, *stated, asked, answered, all.asked.max_age);
  if (bad.over_age) all.blame(all.count.over_age, "a still older than asked", who, path);
  if (bad.backwards) all.blame(all.count.backwards, "a still from before the last one", who, path);
  all.generations.insert({who.home + path, stated->generation});
}

// Asks for one camera after the other, with a short rest after each answer.
net::awaitable<void> ask_stills(state& all, viewer const& who, std::size_t first) {
  connection line(co_await net::this_coro::executor, all.asked.relay, who.token);
  for (std::size_t turn = first; !all.over(); ++turn) {
    std::string const& path = who.paths[turn % who.paths.size()];
    auto const before = all.cameras[{who.home, path}];
    auto const asked = steady::now();
    try {
      answer const got = co_await line.get(path + "/still.jpg?max_age=" + all.asked.max_age_text);
      if (got.result() == http::status::ok)
        judge_still(all, who, path, got, before, asked);
      else if (got.result() == http::status::service_unavailable)
        ++all.count.too_old;
      else if (got.result() == http::status::not_found)
        ++all.count.absent;
      else
        all.blame(all.count.broken, "status " + std::to_string(got.result_int()), who, path);
    } catch (std::exception const& error) {
      if (!all.over()) all.blame(all.count.broken, reason_of(error), who, path);
    }
    co_await pause(4ms);
  }
}

// A frame that a viewer of a live stream gets. Sequence numbers are checked where the part states them.
void judge_part(state& all, viewer const& who, std::string const& path, http::fields const& fields, bytes const& body,
                std::uint64_t& last) {
  ++all.count.live;
  judge_picture(all, who, path, look_for(all, who, path, body));
  auto const sequence = number_in(fields, "X-Frame-Sequence");
  if (sequence && *sequence <= last) all.blame(all.count.backwards, "a live frame from before the last one", who, path);
  if (sequence) last = *sequence;
  auto const age = number_in(fields, "X-Frame-Age-Ms");
  if (age && milliseconds(*age) > all.asked.max_live_age) {
    all.blame(all.count.over_age, "a live frame that is stale", who, path);
  }
}

net::awaitable<void> watch_live(state& all, viewer const& who, std::string path) {
  while (!all.over()) {
    connection line(co_await net::this_coro::executor, all.asked.relay, who.token);
    std::uint64_t last = 0;
    try {
      unsigned const status = co_await line.stream(path + "/live.mjpg", [&](auto const& fields, auto const& body) {
        judge_part(all, who, path, fields, body, last);
        return !all.over();
      });
      if (status != 200 && status != 404 && status != 503) {
        all.blame(all.count.broken, "live status " + std::to_string(status), who, path);
      }
    } catch (std::exception const& error) {
      if (!all.over()) all.blame(all.count.broken, reason_of(error), who, path + "/live.mjpg");
    }
    co_await pause(200ms);
  }
}

// Status, header fields but the date, and body, as one text.
std::string everything_of(answer const& got) {
  std::string all = std::to_string(got.result_int()) + ' ' + std::string(got.reason()) + '\n';
  for (auto const& field : got) {
    if (field.name() != http::field::date) {
      all += std::string(field.name_string()) + ": " + std::string(field.value()) + '\n';
    }
  }
  return all.append(got.body().begin(), got.body().end());
}

std::string made_up_name(state& all, std::size_t length) {
  std::string name(length, 'x');
  for (char& c : name) c = static_cast<char>('a' + std::uniform_int_distribution<int>(0, 25)(all.random));
  return name;
}

net::awaitable<std::string> timed(connection& line, std::string target, std::vector<double>& took) {
  auto const begin = steady::now();
  answer const got = co_await line.get(std::move(target));
  took.push_back(std::chrono::duration<double, std::micro>(steady::now() - begin).count());
  co_return everything_of(got);
}

// Another home's cameras that this home has no namesake of.
std::vector<std::string> foreign_paths(state const& all, viewer const& who) {
  std::vector<std::string> paths;
  for (viewer const& other : all.asked.viewers) {
    for (std::string const& path : other.paths) {
      if (std::find(who.paths.begin(), who.paths.end(), path) == who.paths.end()) paths.push_back(path);
    }
  }
  return paths;
}

// A foreign name and a made-up one of the same length, in turn; the answers must be the same to the letter.
net::awaitable<void> probe(state& all, viewer const& who) {
  auto const paths = foreign_paths(all, who);
  constexpr std::string_view prefix = "/api/devices/";
  constexpr std::array<char const*, 2> resources{"/still.jpg?max_age=2s", "/live.mjpg"};
  connection line(co_await net::this_coro::executor, all.asked.relay, who.token);
  for (std::size_t turn = 0; !paths.empty() && !all.over(); ++turn) {
    std::string const& path = paths[turn / 2 % paths.size()];
    char const* resource = resources.at(turn / 2 / paths.size() % resources.size());
    std::string const nobody = std::string(prefix) + made_up_name(all, path.size() - prefix.size());
    // Only stills are timed: a refused stream ends its connection, and connecting costs more than the answer.
    bool const timing = resource == resources.front();
    std::vector<double> not_counted;
    auto& foreign_us = timing ? all.foreign_us : not_counted;
    auto& unknown_us = timing ? all.unknown_us : not_counted;
    try {
      // The first after a pause takes longer, whatever it asks: one goes ahead, then the two take turns to be first.
      std::string const ahead = std::string(prefix) + made_up_name(all, path.size() - prefix.size());
      co_await timed(line, ahead + resource, not_counted);
      std::string foreign, unknown;
      if (turn % 2 == 0) foreign = co_await timed(line, path + resource, foreign_us);
      unknown = co_await timed(line, nobody + resource, unknown_us);
      if (turn % 2 != 0) foreign = co_await timed(line, path + resource, foreign_us);
      ++all.count.probes;
      if (foreign != unknown || !foreign.starts_with("404 ")) {
        all.blame(all.count.unlike, "a foreign name is answered unlike an unknown one", who, path + resource);
      }
    } catch (std::exception const& error) {
      if (!all.over()) all.blame(all.count.broken, reason_of(error), who, path + resource);
    }
    co_await pause(20ms);
  }
}

// Learns a home's cameras; waits until as many of them as were promised are live.
net::awaitable<void> learn(state& all, viewer& who) {
  connection line(co_await net::this_coro::executor, all.asked.relay, who.token);
  for (auto const give_up = steady::now() + 30s; steady::now() < give_up; co_await pause(200ms)) {
    answer const got = co_await line.get("/api/devices");
    if (got.result() != http::status::ok)
      throw std::runtime_error("devices: status " + std::to_string(got.result_int()));
    auto const list = boost::json::parse(std::string(got.body().begin(), got.body().end()));
    who.paths.clear();
    for (auto const& device : list.at("devices").as_array()) {
      if (device.at("state").as_string() == "live") who.paths.emplace_back(device.at("path").as_string());
    }
    if (who.paths.size() >= all.asked.cameras) co_return;
  }
  throw std::runtime_error("home " + who.home + " does not have its cameras after 30 s");
}

// Runs `work` to its end; rethrows what it threw.
template <class Work>
void finish(net::io_context& io, Work work) {
  std::exception_ptr failed;
  net::co_spawn(io, std::move(work), [&](std::exception_ptr error) { failed = std::move(error); });
  io.run();
  io.restart();
  if (failed) std::rethrow_exception(failed);
}

double median(std::vector<double> all) {
  if (all.empty()) return 0;
  auto const middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

// Coarse on purpose: it is to find a lookup that does more work for one kind of name, not to measure a busy machine.
bool tell_apart(std::vector<double> const& some, std::vector<double> const& others) {
  if (std::min(some.size(), others.size()) < 100) return false;
  double const a = median(some), b = median(others);
  return std::max(a, b) > 2 * std::min(a, b);
}

void print_totals(state const& all) {
  totals const& n = all.count;
  std::cout << "stills=" << n.stills << " live=" << n.live << " probes=" << n.probes << " too_old=" << n.too_old
            << " absent=" << n.absent << " generations=" << all.generations.size() << " foreign=" << n.foreign
            << " torn=" << n.torn << " over_age=" << n.over_age << " undecodable=" << n.undecodable
            << " backwards=" << n.backwards << " headers=" << n.headers << " unlike=" << n.unlike
            << " broken=" << n.broken << " foreign_name_us=" << static_cast<long>(median(all.foreign_us))
            << " unknown_name_us=" << static_cast<long>(median(all.unknown_us)) << std::endl;
}

int run(options asked) {
  state all;
  all.asked = std::move(asked);
  net::io_context io{1};
  for (viewer& who : all.asked.viewers) finish(io, learn(all, who));
  std::cout << "looking for " << all.asked.length.count() << " s" << std::endl;
  all.end = steady::now() + all.asked.length;
  for (viewer const& who : all.asked.viewers) {
    for (std::size_t i = 0; i < all.asked.connections; ++i) net::co_spawn(io, ask_stills(all, who, i), net::detached);
    for (auto const& path : who.paths) net::co_spawn(io, watch_live(all, who, path), net::detached);
    net::co_spawn(io, probe(all, who), net::detached);
  }
  bool good = true;
  net::signal_set ended(io, SIGTERM, SIGINT);
  ended.async_wait([&](beast::error_code const& error, int) {
    if (!error) good = false, io.stop();  // the totals so far are still worth printing
  });
  io.run_until(all.end + 1s);
  good = good && all.count.wrong() == 0;
  auto const too_few = [&](char const* what, std::uint64_t got, std::uint64_t wanted) {
    if (got >= wanted) return;
    std::cerr << "check: " << got << ' ' << what << ", at least " << wanted << " were wanted\n";
    good = false;
  };
  too_few("stills", all.count.stills, all.asked.minimum);
  too_few("live frames", all.count.live, all.asked.minimum / 10);
  too_few("generations", all.generations.size(), all.asked.minimum_generations);
  if (tell_apart(all.foreign_us, all.unknown_us)) {
    std::cerr << "check: the time of an answer tells another home's camera from one that nobody has\n";
    good = false;
  }
  print_totals(all);
  return good ? 0 : 1;
}

}  // namespace
}  // namespace check

int main(int argc, char** argv) {
  std::span<char*> const words(argv + 1, argv + argc);
  try {
    if (words.size() == 1 && std::string_view(words[0]) == "--help") {
      std::cout << check::usage_text;
      return 0;
    }
    if (words.size() == 1 && std::string_view(words[0]) == "--self-test") return check::self_test{}.run();
    return check::run(check::to_options(words));
  } catch (check::wrong_use const& error) {
    std::cerr << "relay_check: " << error.what() << "\n\n" << check::usage_text;
    return 2;
  } catch (std::exception const& error) {
    std::cerr << "relay_check: " << check::reason_of(error) << '\n';
    return 1;
  }
}
