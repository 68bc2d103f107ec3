// SPDX-License-Identifier: Apache-2.0
//
// A miss is told by a device's words while the device ends and its record becomes one of another home's: lookup.hpp,
// publish.hpp and reclaim.hpp. The labels of the two homes have the bits in common that the device's word bears.
//
// READERS of either home look for a frame of the first device. Each load and each store is a step; what is read or
// written out of turn where no ordering stands in the way is for the mutants to do, as in begin_and_miss.
//
// Claims: who is told anything is of the device's own home, and is told it by that device's generation (I2, I6).
#ifndef READERS
#define READERS 2
#endif
#ifndef NEXT
#define NEXT 2  // whose the record becomes: the other home's, or another device's of the same
#endif

#define NONE 0    // in the word: no device
#define RECORD 1  // the record's address, and the bits in common

byte word = RECORD;  // of the first device
byte label = 1;      // in the record
byte live = 5;

proctype reader(byte home) {
  byte said;
  byte whose;
  byte generation;
  byte again;
  bool told;

  said = word;
  if
  :: said == RECORD ->
    whose = label;      // (49)
    generation = live;  // (34)
    again = word;
    told = whose == home && generation != 0 && again == said;
    if
    :: told ->
      assert(home == 1);
      assert(generation == 5)
    :: !told  // it asks under the lock
    fi
  :: said != RECORD
  fi
}

proctype ends_and_begins() {
  word = NONE;
  label = 0;
  live = 0;
  label = NEXT;  // (48)
  live = 7       // (35)
}

init {
  byte readers;
  atomic {
    run ends_and_begins();
    do
    :: readers < READERS ->
      run reader(1);
      run reader(2);
      readers++
    :: readers == READERS -> break
    od
  }
}
