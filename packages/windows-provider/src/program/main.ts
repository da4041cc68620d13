/** The program of the package: what COM starts, what runs for the person, and the command line. */
import { startProcess } from "@latchkey/desktop/cli/process";
import { PRODUCT_FILE, readProduct } from "../package/product.ts";
import { findChannelVault } from "./find-channel-vault.ts";

const { channel } = readProduct(new URL(PRODUCT_FILE, import.meta.url));
process.env["LATCHKEY_VAULT"] ||= findChannelVault(channel, process.env);
await startProcess();
