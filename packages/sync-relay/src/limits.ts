/**
 * What one operator allows: every number of relay.md § 10 that is not fixed by the protocol version (those are in core's
 * `relay-protocol/limits.ts`). Each has a unit in its name and a reason here. All are published at `/v1/info`, and each can be set by
 * the environment: `socketsPerRoom` is `LATCHKEY_RELAY_SOCKETS_PER_ROOM` (`config.ts`).
 * An IP group is one IPv4 address or one IPv6 /64; a /48 gets four times as much (`address.ts`).
 */

export const DEFAULT_LIMITS = {
  /** A stranger holds a socket this long before it must have joined. */
  handshakeDeadlineSeconds: 5,
  /** Sockets that have not joined: what a flood can hold. */
  halfOpenPerIpGroup: 64,
  halfOpenTotal: 1024,
  /** Joined or not. A household has some devices behind one address. */
  socketsPerIpGroup: 30,
  socketsPerRoom: 16,
  socketsTotal: 10_000,
  /** New sockets from one group: a burst, then one in five seconds. */
  upgradeBurst: 60,
  upgradesPerMinute: 12,
  /** A vault needs a room for each epoch, hence few a year; on its first day, with a recovery page, some. A restoration takes three. */
  roomsCreatedPerIpGroupPerDay: 20,
  /** By one invitation: alive at once, unless it says otherwise. Epochs old and new, a recovery page, with some to spare. */
  inviteRooms: 16,
  /** By one invitation in 30 days: who is no longer a device of the vault knows the token, too. */
  inviteRoomsPer30Days: 60,
  /** Admission by work: zero bits of the hash, at most 24. One more doubles it, and it must be done before the handshake's deadline. */
  powBits: 18,
  /** The read side: what is sent to one group. */
  egressBytesPerIpGroupPerDay: 500_000_000,

  /** A room's log, whichever comes first. Devices begin a new epoch at about half of it. */
  roomLogBytes: 16 * 1_048_576,
  roomLogEntries: 10_000,
  /** Epoch records that must get in even when the log is full. */
  roomPins: 16,
  roomPinBytes: 1_048_576,
  /** A vault of 50 000 records is 17 MB. Counts for the current snapshot and, once more, for uploads under way. */
  snapshotBytes: 32 * 1_048_576,
  /** Frames, not entries: a full re-upload of 10 000 entries takes about 20 seconds. */
  roomPutBurstFrames: 120,
  roomPutFramesPerSecond: 2,
  roomPutBurstBytes: 16 * 1_048_576,
  roomPutBytesPerSecond: 262_144,
  /** Snapshots begun, by their declared size. */
  roomSnapshotBurstBytes: 64 * 1_048_576,
  roomSnapshotBytesPerSecond: 262_144,
  /** Waiting for a commit, over all rooms: puts beyond it are told to come again. */
  pendingPutBytes: 64 * 1_048_576,
  /** Abandoned uploads go. */
  stagedSnapshotMinutes: 10,
  /** A device away for a year must still find its room; any join counts. */
  roomIdleDays: 400,
  /** Created and never written. */
  roomEmptyDays: 1,
  /** Published only: how long operators keep backups, and with them what was purged. */
  backupDays: 30,

  /** Unsent bytes of a socket: above the first nothing is pushed, above the second it is closed. */
  outboundHighBytes: 1_048_576,
  outboundHardBytes: 4_194_304,
  /** Above the first for so long: closed. */
  unwritableSeconds: 30,
  /** Unsent bytes of all sockets: above it the worst is closed. */
  outboundTotalBytes: 256 * 1_048_576,
  /** The client's keep-alive, and how many may be missed. */
  pingEverySeconds: 45,
  pingsMissed: 2,

  /** At most; clients ask for less. */
  mailboxTtlSeconds: 600,
  /** Opened, and claims that found nothing. */
  mailboxesPerIpGroupPerHour: 40,
  /** Over all relays that share a database. */
  mailboxesTotal: 1024,
  /** All mailboxes together live in memory, or in one table. */
  mailboxBytesTotal: 64 * 1_048_576,

  /** How long a nameplate can be claimed, at most 300; 0: this relay gives none. */
  nameplateSeconds: 300,
  /** By number, hit or miss: who guesses numbers finds few. */
  nameplateClaimsPerIpGroupPerHour: 10,

  /** Free on the disk of the store: below it no new rooms, below half of it no puts either. */
  diskFloorBytes: 512 * 1_048_576,
  /** Clients come back spread over this time after a restart. */
  drainJitterSeconds: 10,
  /** The process ends after it, whatever still hangs. */
  drainHardSeconds: 25,
} as const satisfies Readonly<Record<string, number>>;

export type LimitName = keyof typeof DEFAULT_LIMITS;
export type RelayLimits = { readonly [K in LimitName]: number };

const MS_PER_DAY = 86_400_000;

/** Days since 1970-01-01 UTC: the finest time that a relay stores. */
export const dayOf = (ms: number): number => Math.floor(ms / MS_PER_DAY);
