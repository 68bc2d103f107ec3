// SPDX-License-Identifier: Apache-2.0
//
// A miss is told without a lock, by a device's words or its newest frame, while a new stream begins: lookup.hpp and publish.hpp. That a
// frame which is looked at for its generation becomes another meanwhile is played by relacy: a_block_that_passes_on_tells_nothing,
// a_foreign_device_tells_nothing.
//
// A publisher begins generation 2 and publishes its first frame. READERS look for the source frame of generation 1;
// when they are told that it is superseded, for what was derived from it; and then for the frame of generation 2. Each
// load and each store is a step. That a word is read or written out of turn where no ordering stands in the way is for
// the mutants to do: relacy, which runs the engine itself, plays loads that see an old value, but none that takes
// effect after the one behind it.
//
// Claims: the frame of generation 1 is found or superseded, never merely absent; once it is superseded nothing derived
// from it is found; the frame of generation 2 is found once it was published (I6).
#ifndef READERS
#define READERS 3
#endif

#define NONE 0  // in the word: no frame
#define OLD 1   // the source frames, by their generation
#define NEW 2
#define THUMB 3  // derived from the old one
#define HIT 1    // what a lookup answers
#define SUPERSEDED 2
#define ABSENT 3

byte hot = OLD;  // the device's words: read without the lock
byte live = 1;   // 0: one is beginning

bool lane;            // the lock
byte generation = 1;  // under it
bool linked[4];

bool begun;  // to check with: begin() has returned
bool published;

proctype reader() {
  byte asked = OLD;  // the generation whose source frame is looked for
  byte word;
  byte seen;
  byte answer;
  bool derived;
  bool was_begun;
  bool was_published;

look:
  word = hot;  // (36)
  if
  :: word == asked && linked[asked] -> answer = HIT
  :: else ->
    word = hot;  // (36)
    if
    :: word == NONE -> seen = live  // (34)
    :: word != NONE -> seen = (word == asked -> 0 : word)  // published meanwhile, or the generation of another
    fi;
    if
    :: seen != 0 -> answer = (asked < seen -> SUPERSEDED : ABSENT)
    :: seen == 0 ->
      atomic {
        !lane -> lane = true
      }
      answer = (asked < generation -> SUPERSEDED : (linked[asked] -> HIT : ABSENT));
      lane = false
    fi
  fi;

  if
  :: asked == OLD && !was_begun ->
    assert(answer == HIT || answer == SUPERSEDED);
    if
    :: answer == SUPERSEDED ->
      derived = linked[THUMB];
      assert(!derived)
    :: answer != SUPERSEDED
    fi;
    was_published = published;
    was_begun = begun;
    asked = (was_begun -> NEW : OLD);
    if
    :: was_begun -> goto look
    :: !was_begun
    fi
  :: asked == NEW ->
    assert(answer == HIT || (answer == ABSENT && !was_published));
    asked = OLD;
    goto look
  :: asked == OLD && was_begun -> assert(answer == SUPERSEDED)
  fi
}

proctype publisher() {
  atomic {
    !lane -> lane = true
  }
  generation = 2;
  live = 0;
  hot = NONE;  // (37)
  linked[OLD] = false;
  linked[THUMB] = false;
  live = 2;  // (35)
  lane = false;
  begun = true;

  atomic {
    !lane -> lane = true
  }
  hot = NEW;
  linked[NEW] = true;
  lane = false;
  published = true
}

init {
  byte readers;
  atomic {
    linked[OLD] = true;
    linked[THUMB] = true;
    run publisher();
    do
    :: readers < READERS ->
      run reader();
      readers++
    :: readers == READERS -> break
    od
  }
}
