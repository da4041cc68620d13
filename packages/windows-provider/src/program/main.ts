/** The program of the package. */
import { PRODUCT_FILE, readProduct } from "../package/product.ts";
import { startProgram } from "./start-program.ts";

await startProgram(readProduct(new URL(PRODUCT_FILE, import.meta.url)));
