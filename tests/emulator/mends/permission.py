"""Permissions of the operations that a mend answers without moto."""

from __future__ import annotations

from exchange import Request


def are_checked() -> bool:
    """Whether `/moto-api/reset-auth` made moto check permissions."""
    from moto import settings
    from moto.core.authorization import ActionAuthenticatorMixin

    return bool(ActionAuthenticatorMixin.request_count >= settings.INITIAL_NO_AUTH_ACTION_COUNT)


def is_refused(request: Request, action: str) -> bool:
    """Whether permissions are checked, and the policies of the caller do not allow an action."""
    from moto.iam.access_control import CreateAccessKeyFailure, IAMPolicy, PermissionResult, create_access_key

    if not are_checked():
        return False
    session_token = request.environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
    headers = {"X-Amz-Security-Token": session_token} if session_token else {}
    try:
        caller = create_access_key(request.account, "aws", request.access_key, headers)
    except CreateAccessKeyFailure:
        return True
    results = [IAMPolicy(policy).is_action_permitted(action) for policy in caller.collect_policies()]
    return PermissionResult.DENIED in results or PermissionResult.PERMITTED not in results


def refusal(action: str) -> str:
    """The message of a refusal."""
    return f"The caller is not authorized to perform: {action} because no identity-based policy allows the action"
