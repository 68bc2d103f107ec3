// SPDX-License-Identifier: Apache-2.0
//
// A tenant is revoked while its frames are looked up, read, published, evicted and let go of.
//
// READERS viewers find and read; WRITERS threads write: one of them is the admin, who revokes, the others are
// publishers, who stage and commit, or evict. Each does it once. There is one device, so that a key is its label: 1
// before the revocation, 2 after. Scopes are there from the start, or made at any time: by publishers, and by MAKERS of
// the viewers. A free entry keeps its last owner's bytes unless they had to be wiped.
//
// Steps are as in take_evict_reuse.pml, which looks at taking closely. Joined here, because nobody can tell: a last
// drop with what its thread does next; the look at a label that has passed, which it has for good, with the store after
// it; pin and compare, and the bytes as one, because whoever takes memory asserts that it has no pin. What is replaced
// is unlinked when the new frame is in its slot, the other order than there. SWEEPERS: publishers with the new label
// sweep too.
//
// Claims: no lookup and no read that begins after revoke() has returned succeeds for the old label, and nothing is
// published under it (I7); what is read is of the reader's own label (P2); a draft holds nothing of another label (I5);
// and when no thread is inside an operation after revoke(), no memory holds bytes of the old label (I7), and each entry
// is free, or it is linked, without pins, and found under its key.
#ifndef READERS
#define READERS 3
#endif
#ifndef WRITERS
#define WRITERS 3
#endif
#ifndef MAKERS
#define MAKERS READERS
#endif
#ifndef SWEEPERS
#define SWEEPERS false
#endif

byte cell_label = 1;  // of the tenant, in the registry
bool word;            // moves whenever a switch turns
byte room_label = 1;  // stored to under the room's lock, read without it too

byte slot[3];  // by label: 0, or an entry. Stored to under the room's lock
bool room_lock;
bool linked[3];  // one word with the pins
byte pins[3];
byte key[3];    // of a free entry: whose bytes it may still hold
byte bytes[3];  // of which label they are; 0 is wiped

bool used[3];   // to check with: not on the list of free entries
bool returned;  // to check with: revoke() has
byte inside;    // to check with: threads inside an operation
// To check with: threads that have started. Those of a kind are alike, so they start in order: one of those in which
// they could.
byte viewers[2];
byte publishers;

inline start(count) {
  d_step {
    count++;
    inside++
  }
}

inline finish() {
  d_step {
    inside--;
    assert(inside > 0 || !room_lock);
    assert(inside > 0 || !used[1] || (linked[1] && pins[1] == 0 && slot[key[1]] == 1));
    assert(inside > 0 || !used[2] || (linked[2] && pins[2] == 0 && slot[key[2]] == 2));
    assert(inside > 0 || !returned || slot[1] == 0);
    assert(inside > 0 || !returned || (bytes[1] != 1 && bytes[2] != 1))
  }
}

// Whether a scope is live. One step, though two loads: once the word has moved, the label has moved for good.
#define live (word == seen || cell_label == label)

inline wipe(entry) {
  bytes[entry] = 0;
  key[entry] = 0
}

// What the list of free entries still holds of a label. The list has a lock of its own.
inline purge(which) {
  if
  :: !used[1] && key[1] == which -> wipe(1)
  :: else
  fi;
  if
  :: !used[2] && key[2] == which -> wipe(2)
  :: else
  fi
}

// Onto the list of free entries.
inline give(entry) {
  assert(used[entry] && !linked[entry] && pins[entry] == 0);
  assert(slot[1] != entry && slot[2] != entry);
  used[entry] = false;
  entry = 0
}

// The first look at the room's label, by whoever is to free an entry: what has passed is wiped.
inline look(entry) {
  owner = key[entry];
  if
  :: d_step {
      owner != room_label -> wipe(entry);
      give(entry)
    }
    goto leave
  :: else
  fi
}
// Otherwise the bytes stay. A revocation, with its purge of the list, may go by before the entry is on it: hence the
// second look.
inline keep(entry) {
  d_step { give(entry) }
  atomic {
    if
    :: d_step { owner != room_label -> purge(owner) }
    :: else
    fi;
    goto leave
  }
}

// Brings the room to the new label, and wipes what was unlinked and what was free.
inline sweep() {
  atomic {
    d_step {
      !room_lock -> room_lock = true;
      old = (room_label == 1 -> slot[1] : 0);
      slot[1] = (room_label == 1 -> 0 : slot[1])
    }
    if
    :: old == 0 -> goto swept
    :: else
    fi
  }
  d_step {
    linked[old] = false;
    old = (pins[old] == 0 -> old : 0)
  }
swept:
  atomic {
    room_label = 2;
    room_lock = false
  }
  if
  :: d_step {
      old != 0 -> wipe(old);
      give(old)
    }
  :: old == 0
  fi;
  d_step { purge(1) }
}

inline read() {
  if
  :: label != 0 && live && key[e] == label -> assert(!returned || label != 1); assert(bytes[e] == label)
  :: else
  fi;
  label = 0;
  seen = 0
}

proctype viewer(bool maker; byte nth) {
  byte e, label, owner;
  bool seen, late;
  // With a scope that was there before, or that is made now and asks at once, for the word before what the word stands
  // for.
  if
  :: atomic { viewers[maker] == nth -> start(viewers[maker]); label = 1; goto find }
  :: atomic { maker && viewers[1] == nth -> start(viewers[1]); seen = word }
  fi;
  atomic {
    label = cell_label;
    if
    :: label == 1 && seen == 0 -> goto leave  // like one that was there before
    :: label == 1 && seen != 0
    :: label == 2 -> seen = 0  // it will be told that it is live, whatever it has seen
    fi
  }
  // find(), without asking whether the scope is live: the sweep alone must see to it that nothing is found.
find:
  atomic {
    d_step {
      late = returned && label == 1;
      e = slot[label]
    }
    if
    :: e == 0 -> goto leave
    :: else
    fi
  }
  atomic {
    if
    :: d_step {
        linked[e] -> pins[e]++;
        label = (key[e] == label -> label : 0);
        assert(!late || label == 0);
        late = false
      }
    :: else -> goto leave
    fi
  }
  // read(), with the scope that found it or with another that is live.
  if
  :: d_step { read() }
  :: d_step {
      maker && label != 0 -> label = cell_label;
      read()
    }
  fi;
  atomic {
    pins[e]--;
    if
    :: pins[e] == 0 && !linked[e] -> look(e)
    :: else -> goto leave
    fi
  }
  keep(e);
leave:
  atomic {
    e = 0;
    label = 0;
    owner = 0;
    seen = false;
    late = false;
    finish()
  }
}

inline take(entry) {
  assert(!linked[entry] && pins[entry] == 0);
  e = entry;
  used[e] = true;
  pins[e] = 1;
  bytes[e] = (key[e] == label -> bytes[e] : 0);
  assert(bytes[e] == 0 || bytes[e] == label);
  key[e] = label;
  bytes[e] = label
}

proctype publisher(byte nth) {
  byte e, old, label, owner;
  bool seen;
  atomic {
    publishers == nth -> start(publishers);
    if
    :: label = 1
    :: label = cell_label
    :: goto evict
    fi;
    if
    :: SWEEPERS && room_label < label
    :: else -> goto stage
    fi
  }
  sweep();
stage:
  atomic {
    if
    :: d_step { !used[1] -> take(1) }
    :: d_step { !used[2] -> take(2) }
    :: used[1] && used[2] -> goto leave
    fi
  }
  // commit()
  atomic {
    d_step { !room_lock -> room_lock = true }
    if
    :: d_step {
        !live || room_label != label -> pins[e]--;
        old = e
      }
      goto unlock
    :: else -> old = slot[label]
    fi
  }
  d_step {
    linked[e] = true;
    pins[e]--
  }
  atomic {
    d_step {
      assert(!returned || label != 1);
      slot[label] = e
    }
    goto unlink
  }
evict:
  atomic {
    if
    :: d_step { !room_lock -> room_lock = true; old = slot[1]; slot[1] = 0 }
    :: d_step { !room_lock -> room_lock = true; old = slot[2]; slot[2] = 0 }
    fi;
unlink:
    e = 0;
    label = 0;
    if
    :: old == 0 -> goto unlock
    :: else
    fi
  }
  atomic {
    d_step {
      linked[old] = false;
      old = (pins[old] == 0 -> old : 0)
    }
unlock:
    e = 0;
    label = 0;
    room_lock = false;
    if
    :: old == 0 -> goto leave
    :: else -> look(old)
    fi
  }
  keep(old);
leave:
  atomic {
    e = 0;
    old = 0;
    label = 0;
    owner = 0;
    finish()
  }
}

proctype admin() {
  byte old;
  atomic {
    inside++;
    cell_label = 2
  }
  word = true;
  sweep();
  atomic {
    returned = true;
    assert(slot[1] == 0);
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
    for (i : 1 .. READERS) {
      run viewer(i <= MAKERS, (i <= MAKERS -> i - 1 : i - 1 - MAKERS))
    }
    for (i : 2 .. WRITERS) {
      run publisher(i - 2)
    }
    run admin()
  }
}
