/** The settings dialog. */
export const settings = {
  "settings.title": "Settings",
  "settings.library": "Library",

  "settings.labelSet": "Label set",
  "settings.labelSetHint": "The labels that photos can get. Search understands every word, whatever the label set.",
  "settings.everyday": "Everyday",
  "settings.everydayHint": "Things, animals, food and places that people photograph",
  "settings.myKeywords": "My keywords",
  "settings.myKeywordsHint": "Only the keywords in your photos, and labels you gave",
  "settings.modelClasses": "Model classes",
  "settings.modelClassesHint": "Only the classes the visual model was trained on",
  "settings.imagenet": "ImageNet 1K",
  "settings.imagenetHint": "The benchmark’s 1,000 classes",
  "settings.allNouns": "All nouns",
  "settings.allNounsHint": "Every WordNet noun with a word vector",
  "settings.customList": "Custom list",
  "settings.customListHint": "A text or CSV file with one label per line",
  "settings.listFile": "Label file",
  "settings.listFilePlaceholder": "/path/to/labels.txt",

  "settings.minimumConfidence": "Minimum confidence",
  "settings.fewerLabels": "Fewer labels",
  "settings.moreLabels": "More labels",

  "settings.autoRetrain": "Retrain automatically",
  "settings.autoRetrainHint":
    "Runs in the background after 20 corrections or a short pause. Your verdicts don’t change.",
  "settings.watchFolder": "Watch folder",
  "settings.watchFolderHint": "Picks up new, changed and deleted files automatically.",
  "settings.objects": "Find objects and people",
  "settings.objectsHint":
    "Detects people, animals, vehicles and household items once photos have their first labels. Doubles the processing time.",
  "settings.faces": "Find faces",
  "settings.facesHint": "Counts faces to find portraits, groups and crowds. It never identifies anyone.",

  "settings.excluded": "Excluded folders",
  "settings.excludedPlaceholder": "Folder in this library",
  "settings.exclude": "Exclude",
  "settings.include": "Include {folder} again",

  "settings.thumbnailCache": "Thumbnail cache",
  "settings.megabytes": "MB",
  "settings.dataFolder": "Data folder",
  "settings.dataFolderHint": "Semblance keeps libraries, models and thumbnails here. It never writes to your photos.",
} as const;
