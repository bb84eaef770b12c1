/**
 * jest reporter: prints each slow test and its failures as it ends, so that a run of minutes can be
 * watched.
 */
export default class LiveReporter {
  onTestCaseResult(_test, { status, fullName, duration, failureMessages }) {
    process.stderr.write(`${status} (${((duration ?? 0) / 1000).toFixed(1)} s): ${fullName}\n`);
    for (const message of failureMessages) {
      process.stderr.write(`${message}\n`);
    }
  }
}
