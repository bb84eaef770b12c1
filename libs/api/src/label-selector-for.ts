import type { FaultReport } from './fault.ts';
import { propertiesOf } from './fault.ts';
import type { LabelRequirement, LabelSelector } from './label-selector.ts';
import { labelOperators } from './label-selector.ts';
import { A_LABEL_KEY, A_LABEL_VALUE, isLabelKey, isLabelValue } from './syntax.ts';

const WRITE_AS_ON_THE_POD = 'Write it as in the labels of the objects to select.';

/**
 * The selector at `field`, or undefined when it has a fault, which is then in the report.
 */
export function labelSelectorFor(
  value: unknown,
  field: string,
  report: FaultReport,
): LabelSelector | undefined {
  const faultsBefore = report.faults.length;
  const selector = propertiesOf(value);
  if (selector === undefined) {
    report.add(
      field,
      value,
      'a label selector',
      'Write {} to match everything, or remove the field.',
    );
    return undefined;
  }
  const matchLabels = matchLabelsFor(selector.matchLabels, `${field}.matchLabels`, report);
  const matchExpressions = requirementsFor(
    selector.matchExpressions,
    `${field}.matchExpressions`,
    report,
  );
  if (report.faults.length > faultsBefore) {
    return undefined;
  }
  return {
    ...(matchLabels === undefined ? {} : { matchLabels }),
    ...(matchExpressions === undefined ? {} : { matchExpressions }),
  };
}

function matchLabelsFor(
  value: unknown,
  field: string,
  report: FaultReport,
): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  const labels = propertiesOf(value);
  if (labels === undefined) {
    report.add(field, value, 'an object of label keys and values', 'Write it as key: value.');
    return undefined;
  }
  const checked: Record<string, string> = {};
  for (const [key, label] of Object.entries(labels)) {
    if (!isLabelKey(key)) {
      report.add(`${field}[${key}]`, key, A_LABEL_KEY, WRITE_AS_ON_THE_POD);
    }
    if (isLabelValue(label)) {
      checked[key] = label;
    } else {
      report.add(`${field}[${key}]`, label, A_LABEL_VALUE, WRITE_AS_ON_THE_POD);
    }
  }
  return checked;
}

function requirementsFor(
  value: unknown,
  field: string,
  report: FaultReport,
): readonly LabelRequirement[] | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (!Array.isArray(value)) {
    report.add(field, value, 'a list of requirements', 'Write each as {key, operator, values}.');
    return undefined;
  }
  return value
    .map((item: unknown, index) => requirementFor(item, `${field}[${index}]`, report))
    .filter((requirement) => requirement !== undefined);
}

function requirementFor(
  value: unknown,
  field: string,
  report: FaultReport,
): LabelRequirement | undefined {
  const item = propertiesOf(value);
  if (item === undefined) {
    report.add(field, value, 'a requirement {key, operator, values}', 'Write it as an object.');
    return undefined;
  }
  const { key } = item;
  const operator = labelOperators.find((candidate) => candidate === item.operator);
  if (typeof key !== 'string' || !isLabelKey(key)) {
    report.add(`${field}.key`, key, A_LABEL_KEY, WRITE_AS_ON_THE_POD);
  }
  if (operator === undefined) {
    const expected = `one of ${labelOperators.join(', ')}`;
    report.add(`${field}.operator`, item.operator, expected, 'Choose one of them.');
  }
  const values =
    operator === undefined ? [] : valuesFor(item.values, operator, `${field}.values`, report);
  return typeof key !== 'string' || operator === undefined ? undefined : { key, operator, values };
}

function valuesFor(
  value: unknown,
  operator: LabelRequirement['operator'],
  field: string,
  report: FaultReport,
): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [];
  const wantsValues = operator === 'In' || operator === 'NotIn';
  if (wantsValues && values.length === 0) {
    report.add(
      field,
      value,
      `a list of one value at least, as the operator is ${operator}`,
      'List the values.',
    );
  }
  if (
    !wantsValues &&
    (values.length > 0 || (value !== undefined && value !== null && !Array.isArray(value)))
  ) {
    report.add(
      field,
      value,
      `no values, as the operator is ${operator}`,
      'Remove them, or use In or NotIn.',
    );
    return [];
  }
  values.forEach((item, index) => {
    if (!isLabelValue(item)) {
      report.add(`${field}[${index}]`, item, A_LABEL_VALUE, WRITE_AS_ON_THE_POD);
    }
  });
  return values.filter(isLabelValue);
}
