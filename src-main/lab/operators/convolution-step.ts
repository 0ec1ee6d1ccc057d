import * as tf from "@tensorflow/tfjs-core";
import { registerGradients } from "./gradients";

/**
 * Experimental: a small training step, one convolution with its gradients, to measure which backend trains networks
 * faster.
 */
export function convolutionStep(): tf.Tensor {
  registerGradients();
  const [x, filter] = [tf.ones([4, 34, 34, 32]) as tf.Tensor4D, tf.ones([3, 3, 32, 32]) as tf.Tensor4D];
  const [ofX, ofFilter] = tf.grads((...inputs: tf.Tensor[]) =>
    tf.relu(tf.conv2d(inputs[0] as tf.Tensor4D, inputs[1] as tf.Tensor4D, 1, "valid")),
  )([x, filter]);
  return tf.add(tf.sum(ofX), tf.sum(ofFilter));
}
