/*
 * Pairing (docs/protocol.md § 8) with an attacker who owns the relay, has photographed the QR code if it likes, and may have the new device scan a
 * QR code of its own: it drops, delays, repeats and reorders messages, claims before or after the new device, and stands in between.
 *
 * Cryptography is perfect here: what is sealed for one is read by nobody else, a commitment binds, two codes are equal if their inputs are. What
 * is left to chance (3 tries in 10^6) is left out. The one way to make codes of two different pairings equal is to *choose* the last random number
 * when all the others are known: `solved`.
 *
 *   spin -a pairing.pml && cc -o pan pan.c && ./pan            no errors: the attacker is never admitted
 *   spin -DFAULT_NO_COMMITMENT …                               E does not check the commitment: refuted
 *   spin -DFAULT_NUMBER_IN_CLAIM …                             N sends its number, not a commitment to it, with its claim: refuted
 *   spin -DREACH …                                             refuted, which shows that a pairing can succeed
 */
#define NOBODY 0
#define NEW 1        /* the person's new device */
#define ATTACKER 2

/* Who shows the QR code that the new device scans: E, or the attacker. */
#define BY_E 1
#define BY_ATTACKER 2

byte scanned;                 /* by the new device: NOBODY before it scans */
bool photographed;            /* the attacker has E's QR code, too */

/* E, the inviter */
byte claimant;                /* whose claim E took */
byte claims;                  /* of claims that E saw and that were valid */
bool e_sent2;                 /* E has sent rE to its claimant */
byte e_introduced;            /* whose device E was shown in message 3 */
bool e_asks;                  /* E asks for the code */
bool e_over;
byte admitted;

/* N, the new device */
bool n_claimed;               /* it has sent message 1: rN is fixed by the commitment */
bool n_got2;                  /* it has a valid message 2 from whom it scanned */
bool n_shows;                 /* it shows a code: rN is revealed to whom it scanned */
bool n_joined;

/* The attacker */
bool a_committed;             /* message 1 to E: its rA is fixed */
bool a_sent2;                 /* message 2 to N, as the inviter that N scanned: its rE' is fixed */
bool a_knows_rE;
bool a_knows_rN;
bool solved;                  /* its last number was chosen so that both codes are equal */

/* The code on N's screen is the one that E expects: the same pairing, or a choice of the attacker. */
#define EQUAL_CODES ((claimant == NEW && scanned == BY_E) || (claimant == ATTACKER && solved))

inline take_claim(who) {
  claims++;
  if
  :: claimant == NOBODY -> claimant = who
  /* The QR code is burnt. A second valid claim ends the pairing. */
  :: claimant != NOBODY -> e_over = true
  fi
}

active proctype world() {
  do
  /* The person scans E's code with the new device, or is made to scan another. */
  :: atomic { scanned == NOBODY -> scanned = BY_E }
  :: atomic { scanned == NOBODY -> scanned = BY_ATTACKER }
  :: atomic { !photographed && scanned == BY_E -> photographed = true }
  :: atomic { !photographed && scanned == BY_ATTACKER -> photographed = true }

  /* 1 N claims where it scanned; the relay delivers to E now, later, twice, or never. */
  :: atomic { scanned != NOBODY && !n_claimed -> n_claimed = true;
#ifdef FAULT_NUMBER_IN_CLAIM
       if
       :: scanned == BY_ATTACKER -> a_knows_rN = true
       :: else -> skip
       fi
#endif
     }
  :: atomic { n_claimed && scanned == BY_E && !e_over && claims < 3 ->
       if
       :: claimant == NEW -> skip                 /* the very same message again: ignored */
       :: else -> take_claim(NEW)
       fi }
  /* 1 The attacker claims at E, with the number that it will reveal later. */
  :: atomic { photographed && !a_committed && !e_over && claims < 3 -> a_committed = true; take_claim(ATTACKER) }

  /* 2 E answers its claimant: nobody else can read rE. */
  :: atomic { claimant != NOBODY && !e_sent2 && !e_over -> e_sent2 = true;
       if
       :: claimant == ATTACKER -> a_knows_rE = true
       :: else -> skip
       fi }
  /* 2 reaches N from E: only if it is N whom E answered. */
  :: atomic { e_sent2 && claimant == NEW && scanned == BY_E && n_claimed && !n_got2 -> n_got2 = true }
  /* 2 reaches N from the attacker whose code it scanned. The attacker chooses rE' now: knowing all else, it could make the codes equal. */
  :: atomic { scanned == BY_ATTACKER && n_claimed && !a_sent2 -> a_sent2 = true; n_got2 = true;
       if
       :: a_knows_rN && a_knows_rE && a_committed -> solved = true
       :: else -> skip
       fi }

  /* 3 N reveals rN to whom it scanned and shows the code. */
  :: atomic { n_got2 && !n_shows -> n_shows = true;
       if
       :: scanned == BY_ATTACKER -> a_knows_rN = true
       :: else -> skip
       fi }
  /* 3 reaches E from its claimant. */
  :: atomic { e_sent2 && claimant == NEW && n_shows && scanned == BY_E && e_introduced == NOBODY && !e_over ->
       e_introduced = NEW; e_asks = true }
  :: atomic { e_sent2 && claimant == ATTACKER && a_committed && e_introduced == NOBODY && !e_over ->
       e_introduced = ATTACKER; e_asks = true }
#ifdef FAULT_NO_COMMITMENT
  /* 3 with another number than the one committed to: all others are known by now. */
  :: atomic { e_sent2 && claimant == ATTACKER && e_introduced == NOBODY && !e_over && a_knows_rE && a_knows_rN ->
       e_introduced = ATTACKER; e_asks = true; solved = true }
#endif

  /* 4 The person types on E what N shows; no other device of theirs shows a code. A wrong one admits nobody. */
  :: atomic { e_asks && n_shows && !e_over && admitted == NOBODY ->
       if
       :: EQUAL_CODES -> admitted = e_introduced
       :: else -> e_over = true
       fi }

  /* 5, 6 The welcome goes to whom E admitted; N takes it from whom it scanned. */
  :: atomic { admitted == NEW && scanned == BY_E && n_shows && !n_joined -> n_joined = true }
  /* Anything may time out or be given up. */
  :: atomic { !e_over && admitted == NOBODY -> e_over = true }
  :: break
  od;

#ifdef REACH
  assert(!n_joined);
#else
  assert(admitted != ATTACKER);
  /* N is in E's vault only if E let in N and nobody else. */
  assert(!n_joined || (admitted == NEW && e_introduced == NEW));
#endif
}
