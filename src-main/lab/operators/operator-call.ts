import type * as tf from "@tensorflow/tfjs-core";
import { Refusal } from "../../../src-shared/refusal";
import type { OnnxNode } from "../../vision/onnx-graph";

/** Experimental: an ONNX node about to run, its attributes and inputs in the form that operators need. */
export interface OperatorCall {
  node: OnnxNode;
  /** Input i in the running layout (see layout.ts); null when the node lacks it. */
  value(i: number): tf.Tensor | null;
  /** Input i in ONNX's layout if it is a weight, trained or not; null if it is computed. */
  weight(i: number): tf.Tensor | null;
  /** Input i as numbers, if it is a stored constant. */
  numbers(i: number): number[] | null;
}

export type Operator = (call: OperatorCall) => tf.Tensor;

export const nameOf = (node: OnnxNode): string => `${node.op} ${node.name || node.outputs[0]}`;

/** The error for something a node uses that is not supported. */
export const unsupportedNode = (node: OnnxNode, what: string): Refusal =>
  new Refusal("unsupported-operator", `Operator ${nameOf(node)}: ${what}.`);

/** @throws Refusal when the node lacks the input */
export function requiredInput(call: OperatorCall, i: number): tf.Tensor {
  const value = call.value(i);
  if (!value) throw unsupportedNode(call.node, `input ${i} is missing`);
  return value;
}

export function numberAttribute({ attributes }: OnnxNode, name: string, fallback: number): number {
  const value = attributes.get(name);
  return typeof value === "number" ? value : fallback;
}

export function listAttribute({ attributes }: OnnxNode, name: string): number[] | null {
  const value = attributes.get(name);
  return Array.isArray(value) ? value : null;
}

export function textAttribute({ attributes }: OnnxNode, name: string, fallback: string): string {
  const value = attributes.get(name);
  return typeof value === "string" ? value : fallback;
}

/** Numbers that older opsets give as an attribute and newer ones as an input. */
export const listOf = (call: OperatorCall, attribute: string, input: number): number[] | null =>
  listAttribute(call.node, attribute) ?? call.numbers(input);
