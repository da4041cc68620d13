/*
 * Epoch records made apart on one parent (docs/sync-protocol.md § 6): three devices, of which each may make one record, a squash or the removal of
 * another device, and one operation, in whatever epoch it is. Records and entries arrive in any order. Operation 1 rests on operation 0.
 *
 * Settled (everybody knows every record, everything issued has arrived) it must hold: who the winner does not remove is in the winner's epoch; every
 * operation of a device that nobody removed is in everybody's document, once.
 *
 *   spin -a epoch.pml && cc -O1 -DSAFETY -DCOLLAPSE -o pan pan.c && ./pan -m10000     no errors; with -DWHOLE to spin all three operations
 *   spin -DFAULT_PAIRWISE …     of two records the better one is kept, one after the other: refuted by three that beat each other in a circle
 *   spin -DFAULT_FORGET …       what was placed in an epoch that lost is not issued again: refuted
 *   spin -DFAULT_TWICE …        an operation that two devices issue again is applied twice: refuted
 *   spin -DFAULT_LOCKED_OUT …   a device that moved once moves no more: refuted
 *   spin -DREACH …              refuted, which shows that three records, a circle and operations issued again do occur
 */
#define N 3
#define BASE 3            /* the epoch before all of them */
#define NONE 3            /* a squash removes nobody */
#define UNDECIDED 4

#define BIT(i) (1 << (i))
#define HAS(mask, i) (((mask) >> (i)) & 1)

byte made;                /* whose record exists: a bit each; the record of device i leads to epoch i */
byte removes[N];          /* whom it removes */
byte covers[N];           /* operations in its snapshot */
byte knows[N];            /* records that a device knows */
byte ep[N];               /* the epoch a device is in */
byte ops;                 /* operations that were made */
byte seen[N];             /* operations whose content a device has */
byte doc[N];              /* operations in its document */
byte base[N];             /* entries of the base log that it has accepted */
byte posted[N];           /* epoch e: operations that stand in its log */
byte again[N];            /* epoch e: operations that stand there a second time */
byte got[N];              /* of its present epoch: operations whose entry came */
byte gotAgain[N];
byte chosen = UNDECIDED;  /* where the rule leaves none: the person's choice */
bool twice;
bool circle;
bool reissued;

byte toMove;              /* devices that have yet to follow the person's choice */

/* Set before they are read, in one step: no part of the state. */
hidden byte i; hidden byte j; hidden byte winner; hidden byte standing;
hidden byte d; hidden byte k; hidden byte o; hidden byte moves;

/* The rule over the records that `mask` names: into `winner`. 0 is the oldest device. */
inline judge(mask) {
  standing = mask;
  i = 0;
  do
  :: i < N ->
     j = 0;
     do
     :: j < N ->
        if
        :: HAS(mask, i) && HAS(mask, j) && i != j && removes[j] == i -> standing = standing & ~BIT(i)
        :: else -> skip
        fi;
        j++
     :: else -> break
     od;
     i++
  :: else -> break
  od;
  if
  :: HAS(standing, 0) -> winner = 0
  :: !HAS(standing, 0) && HAS(standing, 1) -> winner = 1
  :: !HAS(standing, 0) && !HAS(standing, 1) && HAS(standing, 2) -> winner = 2
  :: standing == 0 && mask == 0 -> winner = BASE
  :: standing == 0 && mask != 0 ->
     winner = UNDECIDED;
     if
     :: chosen != UNDECIDED && HAS(mask, chosen) -> winner = chosen
     :: else -> skip
     fi
  fi
}

/* Issues operation `op` in the epoch of device `who`, unless it is there already. */
inline issue(who, op) {
  if
  :: HAS(posted[ep[who]], op) -> again[ep[who]] = again[ep[who]] | BIT(op); gotAgain[who] = gotAgain[who] | BIT(op)
  :: else -> posted[ep[who]] = posted[ep[who]] | BIT(op); got[who] = got[who] | BIT(op)
  fi;
  doc[who] = doc[who] | BIT(op)
}

/* Device `who` goes where the rule says, and issues again what the new document lacks of its own, and before it what that rests on. */
inline move(who) {
#ifdef FAULT_PAIRWISE
  if
  :: ep[who] == BASE -> winner = k
  :: ep[who] != BASE && ep[who] != k -> judge(BIT(ep[who]) | BIT(k))
  :: else -> winner = ep[who]
  fi;
#else
  judge(knows[who]);
#endif
#ifdef FAULT_LOCKED_OUT
  if
  :: ep[who] != BASE -> winner = ep[who]
  :: else -> skip
  fi;
#endif
  if
  :: winner < N && winner != ep[who] && removes[winner] != who ->
#ifdef FAULT_FORGET
     if
     :: ep[who] != BASE && HAS(ops, who) && !HAS(base[who], who) -> seen[who] = seen[who] & ~BIT(who)
     :: else -> skip
     fi;
#endif
     ep[who] = winner;
     doc[who] = covers[winner];
     got[who] = 0;
     gotAgain[who] = 0;
     if
     :: HAS(ops, who) && HAS(seen[who], who) && !HAS(doc[who], who) ->
        reissued = true;
        if
        :: who == 1 && !HAS(doc[who], 0) -> issue(who, 0)
        :: else -> skip
        fi;
        issue(who, who)
     :: else -> skip
     fi;
     seen[who] = seen[who] | doc[who]
  :: else -> skip
  fi
}

/* Whether anybody's record removes it. */
#define IS_OUT(who) \
  ((HAS(made, 0) && removes[0] == who) || (HAS(made, 1) && removes[1] == who) || (HAS(made, 2) && removes[2] == who))

inline makeRecord(victim) {
  made = made | BIT(d);
  removes[d] = victim;
  covers[d] = base[d];
  knows[d] = knows[d] | BIT(d);
  k = d;
  moves = 1
}

inline takeEntry(came) {
  came = came | BIT(o);
  if
  :: HAS(doc[d], o) ->
#ifdef FAULT_TWICE
     twice = true
#else
     skip                  /* an id is applied once */
#endif
  :: else -> doc[d] = doc[d] | BIT(o); seen[d] = seen[d] | BIT(o)
  fi
}

inline pick(x) {
  if
  :: x = 0
  :: x = 1
  :: x = 2
  fi
}

inline checkSettled() {
  judge(made);
  if
  :: winner < N ->
     d = 0;
     do
     :: d < N ->
        if
        :: removes[winner] != d ->
           assert(ep[d] == winner);
           o = 0;
           do
           :: o < N ->
              assert(!HAS(ops, o) || IS_OUT(o) || HAS(doc[d], o));
              o++
           :: else -> break
           od
        :: else -> skip
        fi;
        d++
     :: else -> break
     od
  :: else -> skip
  fi;
  assert(!twice)
}

/* Everybody knows every record; in each epoch everything issued has arrived at whoever is there. */
#define ARRIVED(who) (ep[who] == BASE || ((posted[ep[who]] & ~got[who]) == 0 && (again[ep[who]] & ~gotAgain[who]) == 0))
#define SETTLED (toMove == 0 && knows[0] == made && knows[1] == made && knows[2] == made && ARRIVED(0) && ARRIVED(1) && ARRIVED(2))

/* Device d may make a record: it has moved nowhere and knows of none. */
#define CAN_MAKE (ep[d] == BASE && knows[d] == 0)
/* The third device's operation rests on nothing and nothing on it: it makes the search ten times longer, and is left out unless asked for. */
#ifdef WHOLE
#define CAN_ACT(who) true
#else
#define CAN_ACT(who) ((who) != 2)
#endif
#define ALL_KNOW (knows[0] == made && knows[1] == made && knows[2] == made)

active proctype world() {
  d_step { ep[0] = BASE; ep[1] = BASE; ep[2] = BASE };
  do
  :: atomic {
       pick(d); pick(k); pick(o);
       moves = 0;
       if
       /* An operation, in whatever epoch its device is. 1 rests on 0. */
       :: o == d && k == 0 && CAN_ACT(d) && !HAS(ops, d) && (d != 1 || HAS(doc[1], 0)) ->
          ops = ops | BIT(d); seen[d] = seen[d] | BIT(d);
          if
          :: ep[d] == BASE -> base[d] = base[d] | BIT(d); doc[d] = doc[d] | BIT(d)
          :: else -> issue(d, d)
          fi
       /* An entry of the base log arrives at a device that is still there. */
       :: k == 0 && ep[d] == BASE && HAS(base[o], o) && !HAS(base[d], o) && (o != 1 || HAS(base[d], 0)) ->
          base[d] = base[d] | BIT(o); doc[d] = doc[d] | BIT(o); seen[d] = seen[d] | BIT(o)
       /* A record: a squash, or the removal of one of the others. */
       :: o == 0 && k == d && CAN_MAKE -> makeRecord(NONE)
       :: o == 0 && k != d && CAN_MAKE -> makeRecord(k)
       /* A record arrives. */
       :: o == 0 && HAS(made, k) && !HAS(knows[d], k) -> knows[d] = knows[d] | BIT(k); moves = 1
       /* An entry of an epoch arrives at a device that is in it: after what it rests on. */
       :: k == 0 && ep[d] != BASE && (o != 1 || HAS(doc[d], 0)) && HAS(posted[ep[d]], o) && !HAS(got[d], o) -> takeEntry(got[d])
       :: k == 0 && ep[d] != BASE && HAS(again[ep[d]], o) && !HAS(gotAgain[d], o) -> takeEntry(gotAgain[d])
       /* The rule leaves none: the person chooses, the same on every device. */
       :: d == 0 && o == 0 && chosen == UNDECIDED && HAS(made, k) && ALL_KNOW ->
          judge(made);
          if
          :: winner == UNDECIDED -> circle = true; chosen = k; toMove = 7
          :: else -> chosen = winner
          fi
       :: o == 0 && HAS(toMove, d) && k == chosen -> toMove = toMove & ~BIT(d); moves = 1
       :: else -> skip
       fi;
       if
       :: moves == 1 -> move(d)
       :: else -> skip
       fi
     }
  :: atomic { SETTLED && (made == 0 || chosen != UNDECIDED) ->
       checkSettled();
#ifdef REACH
       assert(!(made == 7 && circle && reissued));
#endif
       break }
  od
}
