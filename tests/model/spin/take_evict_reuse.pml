// SPDX-License-Identifier: Apache-2.0
//
// A frame is taken without a lock while it is evicted, replaced or given up as a draft, and its memory is used for
// another key.
//
// READERS threads take, read and drop; WRITERS threads put and evict. Each does so ROUNDS times, or for ever when
// ROUNDS is 0. Two keys and two entries, so that memory passes from key to key; a frame's bytes are two halves.
//
// A step is one access to shared memory, with what the thread alone computes from it. A read-modify-write of `meta` is
// one step, and so is the arena's list of free entries, which has a lock of its own. The room's lock is no step for
// readers, who do not take it: what is done under it they see store by store. Taking it joins the store after it, and
// giving it back the store before it, which nobody can tell apart. Orders weaker than sequential consistency are not
// for this model: relacy has those.
//
// Claims, asserted where they could be broken: what is read under a pin is whole and of the key that was asked for (I1,
// I4); an entry is freed by one thread, once, with no pin on it and no slot that leads to it; and when no thread is
// inside an operation, each entry is free, or it is linked, without pins, and found under its key.
#ifndef READERS
#define READERS 3
#endif
#ifndef WRITERS
#define WRITERS 3
#endif
#ifndef ROUNDS
#define ROUNDS 0
#endif

byte slot[3];  // by key: 0, or an entry. Stored to under the room's lock
bool room_lock;
bool linked[3];  // LINKED and the count of pins are one word, `meta`: never changed in two steps
byte pins[3];
byte key[3];   // stays when the entry is freed
byte head[3];  // the bytes: of which key they are; 0 is wiped
byte tail[3];

bool used[3];          // to check with: not on the arena's list
byte inside;           // to check with: threads inside an operation
byte readers_started;  // threads of a kind are alike, so they start in order: one of the orders in which they could
byte writers_started;

inline start(count) {
  inside++;
  count = (count == nth -> nth + 1 : count);
  left = (left > 0 -> left - 1 : 0)
}

inline finish() {
  inside--;
  assert(inside > 0 || !room_lock);
  assert(inside > 0 || !used[1] || (linked[1] && pins[1] == 0 && slot[key[1]] == 1));
  assert(inside > 0 || !used[2] || (linked[2] && pins[2] == 0 && slot[key[2]] == 2));
}

inline free(entry) {
  assert(used[entry] && !linked[entry] && pins[entry] == 0);
  assert(slot[1] != entry && slot[2] != entry);
  head[entry] = 0;
  tail[entry] = 0;
  used[entry] = false;
}

#define may_start(count) (count >= nth && (ROUNDS == 0 || left > 0))

proctype reader(byte nth; byte left) {
  byte k, e, seen;
end:
  atomic {
    // A reader that finds an empty slot has missed, and nobody can tell that it was there.
    if
    :: may_start(readers_started) && slot[1] != 0 -> k = 1
    :: may_start(readers_started) && slot[2] != 0 -> k = 2
    fi;
    e = slot[k];
    start(readers_started)
  }
  atomic {
    if
    :: key[e] != k -> goto leave
    :: else
    fi
  }
again:
  atomic {
    seen = pins[e];
    if
    :: !linked[e] -> goto leave
    :: else
    fi
  }
  atomic {
    if
    :: linked[e] && pins[e] == seen -> pins[e]++
    :: else -> seen = 0; goto again
    fi;
    seen = 0
  }
  atomic {
    // Between the first look and the pin the entry may have become another key's.
    if
    :: key[e] != k -> goto drop
    :: else
    fi
  }
  assert(head[e] == k);
  assert(tail[e] == k);
drop:
  atomic {
    assert(pins[e] > 0);
    pins[e]--;
    if
    :: pins[e] == 0 && !linked[e]
    :: else -> goto leave
    fi
  }
  atomic {
    free(e);
leave:
    k = 0;
    e = 0;
    seen = 0;
    finish();
    goto end
  }
}

proctype writer(byte nth; byte left) {
  byte k, e, old;
  bool last;
end:
  atomic {
    if
    :: may_start(writers_started) -> k = 1
    :: may_start(writers_started) -> k = 2
    fi;
    start(writers_started);
    if
    :: goto publish  // without a draft: evict
    :: !used[1] -> e = 1
    :: !used[2] -> e = 2
    fi;
    used[e] = true;
    assert(!linked[e] && pins[e] == 0);
    pins[e] = 1  // the draft's own
  }
  key[e] = k;
  head[e] = k;
  atomic {
    tail[e] = k;
    assert(pins[e] == 1);
    if
    :: true
    :: pins[e]--; free(e); goto leave  // the draft is given up
    fi
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
    last = pins[old] == 0;
    if
    :: !last -> old = 0
    :: else
    fi;
    if
    :: e == 0 -> goto unlock
    :: else
    fi
  }
link:
  atomic {
    linked[e] = true;
    pins[e]--
  }
  atomic {
    slot[k] = e;
unlock:
    room_lock = false;
    if
    :: last
    :: else -> goto leave
    fi
  }
  atomic {
    free(old);
leave:
    k = 0;
    e = 0;
    old = 0;
    last = false;
    finish();
    goto end
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
    head[1] = 1;
    tail[1] = 1;
    for (i : 1 .. READERS) {
      run reader(i - 1, ROUNDS)
    }
    for (i : 1 .. WRITERS) {
      run writer(i - 1, ROUNDS)
    }
  }
}
