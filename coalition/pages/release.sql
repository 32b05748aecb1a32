select property, value from dataset
