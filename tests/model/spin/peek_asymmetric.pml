// SPDX-License-Identifier: Apache-2.0
//
// Borrowing a frame with no write that is shared: a peeker's guard is a plain store with a fence for the compiler
// alone, and whoever is to free an entry pays for both with a heavy fence (membarrier).
//
// PEEKERS threads borrow, each ROUNDS times; WRITERS threads put or evict, once. Two keys, two entries. Stores to a
// guard wait in a store buffer of their thread, oldest first, and reach memory at any time, as on a machine with total
// store order. The thread's later loads do not wait for them, which is all that the light fence leaves open. A heavy
// fence empties the buffers of the others, one thread after another, at some moment during the call.
// Read-modify-writes, and so the room's lock, empty the thread's own.
//
// An entry is unlinked and goes onto the room's list of limbo before the fence and the scan of the guards. Whoever
// takes it off that list, under the room's lock, frees it: the writer when no guard holds it, or else the last peeker,
// which looks again at the entry when its guard is down. Steps are as in take_evict_reuse.pml. Pins are left out: an
// entry with pins is not yet to be freed.
//
// Claims: what is read under a guard is of the key that was asked for (I1, I4), and nobody writes to it meanwhile; an
// entry is freed once; and when no thread is inside an operation, each entry is free, or linked and found under its
// key: none is left in limbo.
//
// Variants, each right: ASYMMETRIC false, where the system has no heavy fence and peekers pay, with a full fence after
// each store to their guard; HOLD, where the room's lock is held from limbo to the scan, so that the last peeker needs
// no fence of its own.
#ifndef PEEKERS
#define PEEKERS 2
#endif
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif
#ifndef ASYMMETRIC
#define ASYMMETRIC true
#endif
#ifndef HOLD
#define HOLD false
#endif
#define NONE 3  // in a place of a store buffer: no store waits there

byte slot[3];
bool room_lock;
bool linked[3];
bool limbo[3];  // under the room's lock
byte key[3];   
byte bytes[3];  // of which key they are; 0 is wiped

byte guard[PEEKERS];  // what memory holds: 0, or an entry
byte first[PEEKERS];  // the store buffers
byte second[PEEKERS];

bool used[3];          // to check with: not on the list of free entries
byte reading[3];       // to check with: peekers that have found the entry good and have not finished
byte inside;           // to check with: threads inside an operation
byte writers_started;  // they are alike, so they start in order

inline finish() {
  inside--;
  assert(inside > 0 || !room_lock);
  assert(inside > 0 || !used[1] || (linked[1] && slot[key[1]] == 1));
  assert(inside > 0 || !used[2] || (linked[2] && slot[key[2]] == 2))
}

inline drain(who) {
  guard[who] = (first[who] != NONE -> first[who] : guard[who]);
  guard[who] = (second[who] != NONE -> second[who] : guard[who]);
  first[who] = NONE;
  second[who] = NONE
}

// A plain store to the own guard. When the buffer is full it waits for the oldest store to arrive.
inline set_guard(to) {
  atomic {
    second[me] == NONE;
    if
    :: !ASYMMETRIC -> guard[me] = to
    :: ASYMMETRIC && first[me] == NONE -> first[me] = to
    :: ASYMMETRIC && first[me] != NONE -> second[me] = to
    fi
  }
}

// Stores arrive when they like.
proctype memory(byte who) {
end:
  atomic {
    first[who] != NONE -> guard[who] = first[who];
    first[who] = second[who];
    second[who] = NONE;
    goto end
  }
}

inline heavy_fence() {
  do
  :: atomic { i < PEEKERS -> drain(i); i++ }
  :: atomic { i == PEEKERS -> i = 0; break }
  od
}
inline scan(entry) {
  do
  :: atomic { i < PEEKERS -> held = held || guard[i] == entry; i++ }
  :: atomic { i == PEEKERS -> i = 0; break }
  od
}

inline free(entry) {
  assert(used[entry] && !linked[entry] && !limbo[entry] && reading[entry] == 0);
  assert(slot[1] != entry && slot[2] != entry);
  bytes[entry] = 0;
  used[entry] = false
}

proctype peeker(byte me) {
  byte k, e, i;
  byte left = ROUNDS;
  bool held;
end:
  atomic {
    if
    :: left > 0 && slot[1] != 0 -> k = 1
    :: left > 0 && slot[2] != 0 -> k = 2
    fi;
    e = slot[k];
    left--;
    inside++
  }
  set_guard(e);
  atomic {
    if
    :: !linked[e] -> goto leave
    :: else
    fi
  }
  atomic {
    if
    :: key[e] != k -> goto leave
    :: else -> reading[e]++
    fi
  }
  atomic {
    assert(bytes[e] == k);
    reading[e]--
  }
leave:
  skip;
  set_guard(0);
  atomic {
    k = 0;
    if
    :: linked[e] -> goto done
    :: else
    fi
  }
  // It was unlinked meanwhile. Whoever wanted to free it may have met this guard.
  atomic {
    !room_lock -> room_lock = true;
    drain(me);
    if
    :: !limbo[e] -> goto unlock
    :: else
    fi
  }
  if
  :: !HOLD -> heavy_fence()
  :: HOLD
  fi;
  scan(e);
  atomic {
    if
    :: !held -> limbo[e] = false; free(e)
    :: else
    fi;
unlock:
    room_lock = false;
done:
    e = 0;
    held = false;
    finish();
    goto end
  }
}

proctype writer(byte nth) {
  byte k, e, old, i;
  bool held;
  atomic {
    writers_started == nth -> writers_started++;
    inside++;
    if
    :: k = 1
    :: k = 2
    fi;
    if
    :: goto publish  // without a draft: evict
    :: !used[1] -> e = 1
    :: !used[2] -> e = 2
    fi;
    used[e] = true;
    assert(!linked[e] && !limbo[e] && reading[e] == 0);
    key[e] = k;
    bytes[e] = k
  }
publish:
  atomic {
    !room_lock -> room_lock = true;
    old = slot[k];
    slot[k] = 0;
    if
    :: old == 0 && e == 0 -> goto unlock
    :: old == 0 && e != 0 -> goto link
    :: else
    fi
  }
  atomic {
    linked[old] = false;
    if
    :: e == 0 -> goto unlock
    :: else
    fi
  }
link:
  linked[e] = true;
  atomic {
    slot[k] = e;
unlock:
    room_lock = false;
    k = 0;
    e = 0;
    if
    :: old == 0 -> goto leave
    :: else
    fi
  }
  // Frees what was unlinked.
  atomic {
    !room_lock -> limbo[old] = true;
    room_lock = HOLD
  }
  heavy_fence();
  scan(old);
  atomic {
    HOLD || !room_lock -> room_lock = false;
    if
    :: !held && limbo[old] -> limbo[old] = false; free(old)
    :: else
    fi;
leave:
    k = 0;
    e = 0;
    old = 0;
    held = false;
    finish()
  }
}

init {
  byte i;
  atomic {
    // One frame is there from the start.
    used[1] = true;
    linked[1] = true;
    slot[1] = 1;
    key[1] = 1;
    bytes[1] = 1;
    for (i : 0 .. PEEKERS - 1) {
      first[i] = NONE;
      second[i] = NONE;
      run peeker(i);
      run memory(i)
    }
    for (i : 1 .. WRITERS) {
      run writer(i - 1)
    }
  }
}
