"""Where what people upload lies: a folder (`disk`) or a bucket behind the S3 protocol (`s3`), asked the same way."""
