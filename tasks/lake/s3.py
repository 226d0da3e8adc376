"""How Delta and polars are told of an S3-compatible store.

Commits rest on conditional writes: it asks for them; a store that ignores them holds no lake.
"""

import boto3
from botocore.credentials import RefreshableCredentials


def s3_storage_options(endpoint: str | None, region: str) -> dict[str, str]:
    """Describe an S3-compatible store to Delta and polars, with boto3's credentials.

    Args:
        endpoint: URL of the store; None for AWS.
        region: Of the bucket.
    """
    options = {"aws_region": region, "aws_conditional_put": "etag"}
    if endpoint:
        options |= {
            "aws_endpoint": endpoint,
            "aws_allow_http": str(endpoint.startswith("http://")).lower(),
            "aws_virtual_hosted_style_request": "false",
        }
    credentials = boto3.Session().get_credentials()
    # Credentials that expire are left to the readers, which renew them by the same chain.
    if credentials and not isinstance(credentials, RefreshableCredentials):
        options |= {
            "aws_access_key_id": credentials.access_key,
            "aws_secret_access_key": credentials.secret_key,
        }
        if credentials.token:
            options["aws_session_token"] = credentials.token
    return options
