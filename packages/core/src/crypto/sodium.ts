/**
 * libsodium, ready to use: the only importer of `libsodium-wrappers`. Its WebAssembly is compiled when this module loads, so that
 * everything built on it is synchronous.
 */
import sodium from "libsodium-wrappers";

await sodium.ready;

export { sodium };
