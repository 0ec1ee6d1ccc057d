import type { CatalogueEntry } from "./catalogue-entry";

/**
 * Google's SigLIP 2, base size, in the ONNX form of onnx-community, with weights of 16 bits. Sizes and SHA-256 are those
 * of the hub's file pointers at this commit. The tokenizer is the one of google/siglip2-base-patch16-224, byte for byte.
 */
export const SIGLIP2_BASE: CatalogueEntry = {
  name: "siglip2-base",
  title: "SigLIP 2 base, 224 pixels",
  about:
    "Any words and whole sentences, in many languages: finds “a red kite over a beach” without having learned it as a label. " +
    "Several times slower than the bundled model; finds no objects or faces.",
  licence: "Apache-2.0",
  source: "google/siglip2-base-patch16-224, exported by onnx-community/siglip2-base-patch16-224-ONNX",
  repository: "onnx-community/siglip2-base-patch16-224-ONNX",
  revision: "ba1f3b0843f24bc5417d38e19c37b287d719b2f4",
  files: [
    {
      path: "onnx/vision_model_fp16.onnx",
      as: "visual.onnx",
      bytes: 186_039_516,
      sha256: "a1959f7bd3993a607e48839f6d01e25b876fe76afda301b028b78eef68aabd95",
    },
    {
      path: "onnx/text_model_fp16.onnx",
      as: "text.onnx",
      bytes: 564_862_230,
      sha256: "711da56ada0a4aa11c7dd3320df741081a3cae4f0ae1b5e5c6d5b294738d0eb0",
    },
    {
      path: "tokenizer.json",
      as: "tokenizer.json",
      bytes: 34_363_039,
      sha256: "cb9140fae3ac5122c972d37adf83e1248471a38147ad76f8215c8872c6fd8322",
    },
  ],
  pack: {
    visual: {
      file: "visual.onnx",
      input: {
        name: "pixel_values",
        layout: "nchw",
        size: 224,
        resize: "stretched to 224x224",
        mean: [0.5, 0.5, 0.5],
        std: [0.5, 0.5, 0.5],
      },
      features: { name: "pooler_output", dimensions: 768 },
    },
    text: {
      kind: "siglip",
      file: "text.onnx",
      tokenizer: "tokenizer.json",
      inputs: { ids: "input_ids" },
      output: "pooler_output",
      maxTokens: 64,
      pad: { id: 0, to: "max" },
      lowercase: true,
      scale: Math.exp(4.724453449249268), // the network stores the logarithm
      bias: -16.771724700927734,
      prompts: ["this is a photo of {}.", "a photo of a {}.", "{}"],
    },
  },
};
