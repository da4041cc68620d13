/**
 * KeyCredentialManager as objects in memory with the slots and the interface ids of the real one, so that the caller's side is tested through
 * vtables. Every object counts its references: at the end none may be left. The slots are registered beforehand, a row for each class:
 * registering more while one runs has crashed.
 */
import { createHmac } from "node:crypto";
import koffi from "koffi";
import { makeComObject } from "../../src/com/com-object.ts";
import { type Address, allocatePermanent, writeInt32, writePointer } from "../../src/native/memory.ts";
import type { WinRt } from "../../src/native/winrt.ts";

const NOT_FOUND = 2;
const COMPLETED = 1;
const CANCELED = 2;
const STARTED = 0;

type Body = (self: Address, ...parameters: never[]) => void;
type Methods = Readonly<Record<number, readonly [types: readonly string[], body: Body]>>;
type Create = (state: unknown) => Address;

export interface FakeHello extends WinRt {
  readonly keys: Map<string, Uint8Array>;
  /** KeyCredentialStatus of the next signature. */
  signStatus: number;
  /** Operations stay open until they are cancelled. */
  hangs: boolean;
  readonly live: number;
  readonly cancelled: number;
}

export function createFakeHello(): FakeHello {
  let live = 0;
  let cancelled = 0;
  const texts = new Map<Address, string>();
  const states = new Map<Address, unknown>();

  /** A class: QueryInterface gives the object itself once more, for each has one interface and the faces it needs beside it. */
  function defineClass(methods: Methods): Create {
    const all: Methods = {
      0: [
        ["void *", "void *"],
        (self: Address, _iid: Address, out: Address) => {
          live++;
          writePointer(out, self);
        },
      ],
      2: [[], () => void live--],
      ...methods,
    };
    const count = Math.max(...Object.keys(all).map(Number)) + 1;
    const slots = Array.from({ length: count }, (_, slot) => {
      const [types, body] = all[slot] ?? [[], () => {}];
      const proto = koffi.proto("int32_t", ["void *", ...types]);
      const call = body as (...parameters: unknown[]) => void;
      return koffi.register((...parameters: unknown[]) => {
        call(...parameters);
        return 0;
      }, koffi.pointer(proto));
    });
    return (state) => {
      live++;
      const address = makeComObject(slots);
      states.set(address, state);
      return address;
    };
  }

  const giving = (give: (self: Address) => Address): Methods[number] => [
    ["void *"],
    (self: Address, out: Address) => writePointer(out, give(self)),
  ];
  const telling = (tell: (self: Address) => number): Methods[number] => [
    ["void *"],
    (self: Address, out: Address) => writeInt32(out, tell(self)),
  ];

  interface Operation {
    readonly result: () => Address;
    isCancelled: boolean;
  }
  const createInfo = defineClass({
    7: telling((self) => {
      if ((states.get(self) as Operation).isCancelled) return CANCELED;
      return fake.hangs ? STARTED : COMPLETED;
    }),
    8: telling(() => 0x800704c7 | 0),
    9: [
      [],
      (self: Address) => {
        (states.get(self) as Operation).isCancelled = true;
        cancelled++;
      },
    ],
  });
  const createOperation = defineClass({
    0: [
      ["void *", "void *"],
      (self: Address, _iid: Address, out: Address) => writePointer(out, createInfo(states.get(self))),
    ],
    8: giving((self) => (states.get(self) as Operation).result()),
  });
  const operate = (result: () => Address): Address => createOperation({ result, isCancelled: false });

  interface Content {
    readonly at: Address;
    readonly bytes: Uint8Array;
  }
  const createAccess = defineClass({ 3: giving((self) => (states.get(self) as Content).at) });
  const createBuffer = defineClass({
    0: [
      ["void *", "void *"],
      (self: Address, _iid: Address, out: Address) => writePointer(out, createAccess(states.get(self))),
    ],
    7: telling((self) => (states.get(self) as Content).bytes.length),
    8: [["uint32_t"], () => {}],
  });
  function makeBuffer(length: number): Address {
    const at = allocatePermanent(length);
    return createBuffer({ at, bytes: new Uint8Array(koffi.view(at, length)) } satisfies Content);
  }

  const createSignature = defineClass({
    6: giving((self) => {
      const signature = states.get(self) as Uint8Array;
      const buffer = makeBuffer(signature.length);
      (states.get(buffer) as Content).bytes.set(signature);
      return buffer;
    }),
    7: telling(() => fake.signStatus),
  });
  const createCredential = defineClass({
    9: [
      ["void *", "void *"],
      (self: Address, buffer: Address, out: Address) => {
        const key = fake.keys.get(states.get(self) as string) ?? "";
        const signature = createHmac("sha512", key)
          .update((states.get(buffer) as Content).bytes)
          .digest();
        writePointer(
          out,
          operate(() => createSignature(new Uint8Array(signature))),
        );
      },
    ],
  });
  const createRetrieval = defineClass({
    6: giving((self) => createCredential(states.get(self))),
    7: telling((self) => (fake.keys.has(states.get(self) as string) ? 0 : NOT_FOUND)),
  });
  const createManager = defineClass({
    8: [
      ["uintptr_t", "int32_t", "void *"],
      (_self: Address, name: number | bigint, _option: number, out: Address) => {
        const text = texts.get(BigInt(name)) ?? "";
        fake.keys.set(text, new TextEncoder().encode(`key of ${text}`));
        writePointer(
          out,
          operate(() => createRetrieval(text)),
        );
      },
    ],
    9: [
      ["uintptr_t", "void *"],
      (_self: Address, name: number | bigint, out: Address) => {
        const text = texts.get(BigInt(name)) ?? "";
        writePointer(
          out,
          operate(() => createRetrieval(text)),
        );
      },
    ],
  });
  const createBufferFactory = defineClass({
    6: [
      ["uint32_t", "void *"],
      (_self: Address, length: number, out: Address) => writePointer(out, makeBuffer(length)),
    ],
  });

  const fake: FakeHello = {
    keys: new Map(),
    signStatus: 0,
    hangs: false,
    get live() {
      return live;
    },
    get cancelled() {
      return cancelled;
    },
    withString(text, work) {
      const handle = BigInt(texts.size + 1);
      texts.set(handle, text);
      return work(handle);
    },
    getFactory: (className) =>
      className.endsWith("KeyCredentialManager") ? createManager(null) : createBufferFactory(null),
  };
  return fake;
}
