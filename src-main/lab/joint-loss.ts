import * as tf from "@tensorflow/tfjs-core";
import { type Batch, type FitSettings, hingeGradients } from "../devise/fit";

/**
 * Hinge rank loss of a batch, differentiable in M and in features that come from layers in training (the paper's last
 * step: the gradient continues into the visual model). Features are scaled to unit length first, as they are when M is
 * fitted.
 * @param features `[B, D]`, as the network outputs them
 * @param M `[E, D]`
 */
export function jointHingeLoss(
  features: tf.Tensor2D,
  M: tf.Tensor2D,
  words: tf.Tensor2D,
  masked: Uint8Array,
  batch: Omit<Batch, "features">,
  settings: Pick<FitSettings, "margin" | "violations">,
): tf.Scalar {
  const loss = tf.customGrad((...inputs) => {
    const [v, m, save] = inputs as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    const length = tf.sqrt(tf.add(tf.sum(tf.square(v), 1, true), 1e-12));
    const unit = tf.div(v, length) as tf.Tensor2D;
    const { loss: value, ofM, ofFeatures } = hingeGradients(unit, m, words, masked, batch, settings);
    const [gradientOfM, ofUnit] = [ofM(), ofFeatures()];
    // Only the component that turns a feature passes, not the one that lengthens it.
    const ofV = tf.div(tf.sub(ofUnit, tf.mul(unit, tf.sum(tf.mul(unit, ofUnit), 1, true))), length);
    save([ofV, gradientOfM]);
    return { value, gradFunc: (dy, saved) => saved.map((gradient) => tf.mul(gradient, dy as tf.Scalar)) };
  });
  return loss(features, M) as tf.Scalar;
}
