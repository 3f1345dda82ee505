/**
 * Prints what a database in this runtime contains after the unusual values are
 * stored.
 */
import process from "node:process";
import { sqlite } from "../../../src/mirror/mod.ts";
import { storeOddValues } from "./odd_values.ts";
import { type Integers, openSqlite } from "./open.ts";

const integers = process.argv[2] as Integers;
const database = sqlite(await openSqlite(":memory:", integers));
console.log(JSON.stringify(await storeOddValues(database)));
