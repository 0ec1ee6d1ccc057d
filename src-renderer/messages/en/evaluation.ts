/** The evaluation view, and what it copies as Markdown. */
import { joined } from "../joined";

export const evaluation = {
  "evaluation.title": "Evaluation",
  "evaluation.dataset": "Dataset",
  "evaluation.datasetPlaceholder": "/path/to/photos or /path/to/photos.csv",
  "evaluation.datasetHint":
    "A folder with one subfolder of photos per label, or a CSV file with the columns path, label and optionally wnid.",
  "evaluation.chooseFolder": "Choose folder…",
  "evaluation.evaluate": "Evaluate",
  "evaluation.scanning": "Evaluating: scanning the dataset. You can keep working.",
  "evaluation.running": "Evaluating: {progress}. You can keep working.",
  "evaluation.progress": "{done, number} of {total, number}",
  "evaluation.stepProgress": "{step} {done, number} of {total, number}",

  "evaluation.copy": "Copy as Markdown",
  "evaluation.copied": "Copied as Markdown",
  "evaluation.notCopied": "Couldn’t copy: this window has no access to the clipboard.",
  "evaluation.failed": "The evaluation failed: {reason}",
  "evaluation.failedUnknown": "The evaluation failed.",
  "evaluation.showsPrevious": "Showing the previous results.",
  "evaluation.notLoaded": "Couldn’t load the last evaluation",
  "evaluation.intro": joined(
    "Choose photos with known labels. Semblance predicts their labels without looking at the ground ",
    "truth, with its own ranking and with several baselines, and scores each method.",
  ),
  "evaluation.introSafe": "Your library doesn’t change.",

  "evaluation.scores": "Scores",
  "evaluation.settings": "Photos and candidate labels",
  "evaluation.noPhotos": "The dataset has no such photos",
  "evaluation.seen": "Seen",
  "evaluation.seenHint": "Photos whose label is a class of the visual model, ranked among those classes.",
  "evaluation.unseen": "Unseen",
  "evaluation.unseenHint":
    "Photos whose label the visual model was never trained on, ranked among the dataset’s unseen labels.",
  "evaluation.generalised": "Generalised",
  "evaluation.generalisedHint": "The same photos, ranked among those labels and all classes of the visual model.",

  "evaluation.softmax": "Softmax baseline",
  "evaluation.softmaxHint": "the visual model’s own classes",
  "evaluation.devise": "DeViSE",
  "evaluation.deviseHint": "photos projected into word vectors, trained with hinge rank loss",
  "evaluation.random": "Random embedding",
  "evaluation.randomHint": "DeViSE with random vectors, as a control",
  "evaluation.l2": "L2",
  "evaluation.l2Hint": "DeViSE trained with least squares",
  "evaluation.conse": "ConSE(10)",
  "evaluation.conseHint": "convex combination of the word vectors of the ten most likely classes",
  "evaluation.semblance": "Semblance",
  "evaluation.semblanceHint": "this program’s ranking",

  "evaluation.table": "Scores (%)",
  "evaluation.method": "Method",
  "evaluation.flatHit": "Flat hit@k (%)",
  "evaluation.hierarchicalPrecision": "Hierarchical precision@k (%)",
  "evaluation.tableNote": "Small figures: bootstrap 95% intervals. Bold: best in its column.",
  "evaluation.best": ", best",
  "evaluation.between": "between ",
  "evaluation.noScore": "–",
  "evaluation.cell": "{method}, {measure}: {value}%; {count, plural, one {# photo} other {# photos}}",
  "evaluation.cellInterval":
    "{method}, {measure}: {value}%; 95% interval {low} to {high}; {count, plural, one {# photo} other {# photos}}",
  "evaluation.cellUndefined": "{method}, {measure}: not defined ({what})",

  "evaluation.hitTitle": "Hit@k",
  "evaluation.hitCaption": "How often the true label is among the top k",
  "evaluation.hitAxis": "Flat hit@k (%)",
  "evaluation.kAxis": "k",
  "evaluation.hitSummary": "Flat hit@k for k from 1 to 20: {methods}",
  "evaluation.hitSummaryMethod": "{method} {first} to {last} percent",

  "evaluation.tradeOffTitle": "Accuracy–specificity trade-off",
  "evaluation.tradeOffCaption": "The top label at every minimum confidence",
  "evaluation.accuracyAxis": "Accuracy (%)",
  "evaluation.specificityAxis": "Specificity (%)",
  "evaluation.tradeOffSummary": "Accuracy against specificity of the top label. {points}",
  "evaluation.tradeOffPoint": "Minimum confidence {threshold}: accuracy {accuracy}, specificity {specificity}",
  "evaluation.tradeOffNow":
    "At your minimum confidence: accuracy {accuracy}, specificity {specificity}, {labelled} of photos labelled",

  "evaluation.calibrationTitle": "Calibration",
  "evaluation.calibrationCaption": "How often labels are right at each confidence",
  "evaluation.confidenceAxis": "Confidence (%)",
  "evaluation.calibrationSummary": "Accuracy by confidence: {bins}",
  "evaluation.calibrationBin": "{confidence} confidence, {accuracy} accuracy",
  "evaluation.calibrationError": joined(
    "Expected calibration error <strong>{error} points</strong> (95% interval {low} to {high}; ",
    "{labels, plural, one {# label} other {# labels}} in {bins, plural, one {# bin} other {# bins}})",
  ),

  "evaluation.unknownTitle": "Unknown labels",
  "evaluation.unknown": joined(
    "{labels, plural, one {# label in the dataset is} other {# labels in the dataset are}} unknown ",
    "to Semblance. {photos, plural, one {# photo} other {# photos}} couldn’t be scored.",
  ),
  "evaluation.noUnknown": "Semblance knows every label in the dataset.",

  "markdown.title": "Evaluation of {pack} on {dataset}",
  "markdown.about":
    "{count, plural, one {# photo} other {# photos}}, {time}. Percent, with bootstrap 95% intervals; the best in each column is bold.",
  "markdown.setting": "{what} {count, plural, one {# photo} other {# photos}}.",
  "markdown.calibrationError": "Expected calibration error {error} ({low}–{high}).",
  "markdown.threshold": "minimum confidence",
  "markdown.accuracy": "accuracy",
  "markdown.specificity": "specificity",
  "markdown.labelled": "photos labelled",
} as const;
