import { applyOperation } from './apply-operation.ts';
import type { Outcome, Shot } from './send.ts';
import { send } from './send.ts';
import type { Operation, World } from './world.ts';

/** A sender whose packets are watched, and where they may go while a plan is carried out. */
export interface Subject extends Omit<Shot, 'port'> {
  /**
   * Every outcome that is right at one time or another; `dropped` is no leak and always allowed,
   * unless it is `steady`.
   */
  readonly allowed: readonly Outcome[];
  /**
   * The plan does not concern it: nothing but `allowed`, not even a loss, and that for every
   * packet.
   */
  readonly steady: boolean;
  /** Where every packet has to go in the end, those of old connections included. */
  readonly final: Outcome;
}

export interface Run {
  readonly world: World;
  /** A sentence for each packet on a wrong path; empty when the plan is safe. */
  readonly leaks: readonly string[];
}

/**
 * Carries out a plan step by step. Before the first and after every step each subject opens a new
 * connection. It goes on with its others: `oldPorts`, and one from each step so far.
 */
export function runPlan(
  world: World,
  operations: readonly Operation[],
  subjects: readonly Subject[],
  oldPorts: readonly number[] = [],
): Run {
  const firstPort = Math.max(0, ...oldPorts) + 1;
  let current = world;
  const leaks: string[] = [];
  const watch = (
    step: number,
    moment: string,
    isRight: (subject: Subject, outcome: Outcome) => boolean,
  ): void => {
    const ports = [
      ...oldPorts,
      ...Array.from({ length: step + 1 }, (_, index) => firstPort + index),
    ];
    for (const subject of subjects) {
      for (const port of ports) {
        const sent = send(current, { ...subject, port });
        current = sent.world;
        if (isRight(subject, sent.outcome)) {
          continue;
        }
        const from = subject.tunnelID === undefined ? '' : ` (tunnel ${subject.tunnelID})`;
        leaks.push(
          `${moment}: ${subject.source}${from} to ${subject.destination}: ${sent.outcome}`,
        );
      }
    }
  };
  const isAllowed = ({ allowed, steady }: Subject, outcome: Outcome): boolean =>
    allowed.includes(outcome) || (outcome === 'dropped' && !steady);
  watch(0, 'before the first step', isAllowed);
  operations.forEach((operation, index) => {
    current = applyOperation(current, operation);
    watch(index + 1, `after step ${index + 1}, ${operation.op}`, isAllowed);
  });
  watch(operations.length, 'in the end', ({ final }, outcome) => outcome === final);
  return { world: current, leaks };
}
