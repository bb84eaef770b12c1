/**
 * `npm run bench:plan`: the computation of one pass of an agent in each state, see
 * {@link measurePlans}. `--json` prints one line of JSON.
 */
import { EGRESS_IPS, measurePlans, PODS, ROUNDS } from './plan-rounds.ts';
import { textOf } from './spread.ts';

const rows = measurePlans();
if (process.argv.includes('--json')) {
  const setting = { pods: PODS, egressIPs: EGRESS_IPS, rounds: ROUNDS };
  console.log(JSON.stringify({ bench: 'plan', unit: 'ms of CPU', ...setting, rows }));
} else {
  printTable();
}

function printTable(): void {
  console.log(
    `${PODS} Pods x ${EGRESS_IPS} egress IPs, ${ROUNDS} rounds, ms of CPU: median (min-max)`,
  );
  for (const { gateway, change, planMs, diffMs, totalMs } of rows) {
    const times = [planMs, diffMs, totalMs].map((spread) => textOf(spread).padEnd(24));
    const [plan = '', diff = '', both = ''] = times;
    console.log(`${gateway.padEnd(12)}${change.padEnd(15)}plan ${plan}diff ${diff}both ${both}`);
  }
}
