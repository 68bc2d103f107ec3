// SPDX-License-Identifier: Apache-2.0
// How many connections there may be, and how many long-lived streams a home may have, so that nobody's number becomes
// somebody else's outage. When all places are taken the connection that has been silent longest gives way: ten thousand
// idle ones cost a newcomer nothing. Each class has one mutex, held for a few pointer moves.
#pragma once

#include "wire.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace relay {

class connection_limit {
 public:
  explicit connection_limit(std::size_t most) : most_{most} {}

  /// One connection's place, from accept to close.
  class place {
   public:
    place(connection_limit& limit, wire& line) : limit_{limit}, line_{line} {
      std::lock_guard const lock{limit_.mutex_};
      admitted_ = limit_.make_room();
      here_ = limit_.waiting_.insert(limit_.waiting_.end(), this);
      in_ = &limit_.waiting_;
    }
    place(place const&) = delete;
    place& operator=(place const&) = delete;
    ~place() {
      std::lock_guard const lock{limit_.mutex_};
      in_->erase(here_);
    }

    /// False: every place is taken by a connection that is at work.
    bool admitted() const { return admitted_; }

    /// At work, a connection is safe; between requests it queues up, last, to give way in its turn.
    void set_busy(bool busy) {
      std::lock_guard const lock{limit_.mutex_};
      move_to(busy ? limit_.busy_ : limit_.waiting_);
    }

   private:
    friend class connection_limit;
    void move_to(std::list<place*>& other) {
      other.splice(other.end(), *in_, here_);
      in_ = &other;
    }

    connection_limit& limit_;
    wire& line_;
    std::list<place*>::iterator here_;
    std::list<place*>* in_;
    bool admitted_;
  };

  std::size_t count() const {
    std::lock_guard const lock{mutex_};
    return waiting_.size() + busy_.size() + leaving_.size();
  }

  /// Asks every connection to end as soon as it can (drain), or at once.
  void end_all(bool at_once) {
    std::lock_guard const lock{mutex_};
    for (auto const* list : {&waiting_, &busy_, &leaving_}) {
      for (place* const each : *list) at_once ? each->line_.abort() : each->line_.end();
    }
  }

 private:
  /// Who gives way takes a moment to leave, so there may be as many leaving as there are places.
  bool make_room() {
    if (waiting_.size() + busy_.size() < most_) return true;
    if (waiting_.empty() || leaving_.size() >= most_) return false;
    waiting_.front()->line_.give_way();
    waiting_.front()->move_to(leaving_);
    return true;
  }

  mutable std::mutex mutex_;
  std::size_t const most_;
  std::list<place*> waiting_;  // the front has waited longest
  std::list<place*> busy_;
  std::list<place*> leaving_;
};

class stream_limit {
 public:
  explicit stream_limit(unsigned most) : most_{most} {}

  class lease {
   public:
    lease(stream_limit& limit, std::uint64_t home) : limit_{limit}, home_{home}, held_{limit.take(home)} {}
    lease(lease const&) = delete;
    lease& operator=(lease const&) = delete;
    ~lease() {
      if (held_) limit_.give_back(home_);
    }
    explicit operator bool() const { return held_; }

   private:
    stream_limit& limit_;
    std::uint64_t const home_;
    bool const held_;
  };

 private:
  bool take(std::uint64_t home) {
    std::lock_guard const lock{mutex_};
    auto& count = counts_[home];
    if (count == most_) return false;
    ++count;
    return true;
  }
  void give_back(std::uint64_t home) {
    std::lock_guard const lock{mutex_};
    auto const found = counts_.find(home);
    if (--found->second == 0) counts_.erase(found);
  }

  std::mutex mutex_;
  unsigned const most_;
  std::unordered_map<std::uint64_t, unsigned> counts_;
};

}  // namespace relay
