import { startPostgres } from "../../packages/sync-relay/test/postgres-server.ts";
import { openPostgresStore } from "@latchkey/sync-relay/store/postgres";
import { randomBytes } from "node:crypto";
const server = await startPostgres();
const L:any = { roomLogBytes: 1e9, roomLogEntries: 1e9, roomPins: 3, roomPinBytes: 1000, snapshotBytes: 1e5, roomIdleDays: 400, roomEmptyDays: 1, inviteRoomsPer30Days: 3 };
process.on("uncaughtException", (e)=>console.log("UNCAUGHT", e));
process.on("unhandledRejection", (e)=>console.log("UNHANDLED", e));
const store = await openPostgresStore({url: server.url, limits: L, clock:{now:Date.now}, random: (n:number)=>new Uint8Array(randomBytes(n))});
store.others!.watch(()=>{});
for (let i=0;i<12;i++) {
  let ok=0, bad=0; let over=false;
  const id = new Uint8Array(randomBytes(16)) as any;
  const ref = (await store.createRoom(id, 20000)).ref;
  const work = Array.from({length:4}, async (_, w)=>{ for(let n=0;!over;n++) { try { await store.commit([{room:ref,deviceTag:new Uint8Array(8).fill(w),seq:n,bytes:new Uint8Array(randomBytes(200)),pinned:false}],20000); ok++; } catch { bad++; await new Promise(r=>setTimeout(r,5)); } } });
  await new Promise(r=>setTimeout(r,100+Math.random()*150));
  await server.kill();
  await Promise.allSettled([store.probe(), store.openRoom(id,1), store.probe(), store.read(ref,0,10,10)]);
  await server.start();
  await new Promise(r=>setTimeout(r,150));
  over=true; await Promise.all(work); 
  const page = await store.read(ref,0,1e6,1e9);
  console.log(i, ok, bad, page.head, page.entries.length);
}
await store.close(); await server.close(); process.exit(0);
