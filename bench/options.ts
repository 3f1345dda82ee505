/**
 * Reads the options of a bench.
 *
 * @module
 */
import {
  choiceOption,
  numberOption,
  readTask,
  type TaskOption,
  textOption,
  withCheck,
} from "../tools/task_options.ts";
import { RUNTIMES } from "./runtimes.ts";
import { checkEvents } from "./stream.ts";

/** The options of all benches. Each value is checked, but remains a string. */
const OPTIONS: Record<string, TaskOption<unknown>> = {
  assets: numberOption("The number of assets"),
  "worker-assets": numberOption("The number of assets in workerd"),
  events: withCheck(numberOption("The number of events"), checkEvents),
  rounds: numberOption("The number of rounds"),
  rate: textOption("N", "The number of lines per second"),
  only: textOption("NAMES", "Measure only what matches this pattern"),
};

/**
 * Reads command-line options, each with a value. If an option is unknown or out
 * of range, prints one sentence and ends the process.
 *
 * @param task The name of the task.
 * @param defaults The options' names and default values.
 * @param runtimes The accepted runtimes.
 */
export function readOptions<Name extends string>(
  task: string,
  defaults: Record<Name, string>,
  runtimes: readonly string[] = Object.keys(RUNTIMES),
): Record<Name, string> {
  const known = { ...OPTIONS, runtime: choiceOption("The runtime", runtimes) };
  const options = Object.entries<string>(defaults).map(([name, value]) => {
    const option = known[name as keyof typeof known]!;
    const parse = (text: string) => {
      option.parse(text, name);
      return text;
    };
    return [name, { ...option, parse, default: value }];
  });
  return readTask({ task, options: Object.fromEntries(options) })
    .values as Record<Name, string>;
}
