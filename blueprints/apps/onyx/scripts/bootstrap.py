"""Makes the first administrator of Onyx before anybody can open the site, and registers the models of this cluster.

bootstrap.py administrator: ends well once Onyx has an account, its own or another: the site may open then.
bootstrap.py models: as the administrator, registers models and single sign-on.

Both run again whenever Argo CD syncs the app: what is as it should be is left alone. They touch the provider of models
and the provider of single sign-on that they made, and no other. They need nothing but Python.

Exit codes: 0 done; 1 Onyx did not answer in time, so try again; 2 a person has to do something, and the log says what.
Endpoints and fields: Onyx v4.6.1, backend/onyx/server (manage/get_state.py, manage/llm, manage/sso, auth/mobile.py).
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PROVIDER_KIND = "ollama_chat"
REQUEST_SECONDS = 60
# Onyx shows four characters at each end of a secret, and nothing of one shorter than this.
SHORTEST_SHOWN_SECRET = 14


class Unavailable(Exception):
    """Onyx does not answer, or not sensibly: worth another try."""


class Stop(Exception):
    """Trying again would change nothing."""


def main():
    with open(os.environ["SETTINGS_FILE"], encoding="utf-8") as file:
        settings = json.load(file)
    deadline = time.monotonic() + float(os.environ.get("WAIT_SECONDS", "900"))
    pause = float(os.environ.get("PAUSE_SECONDS", "5"))
    while True:
        try:
            run(sys.argv[1], settings)
            return 0
        except Stop as reason:
            log(f"stopped: {reason}")
            return 2
        except Unavailable as reason:
            # From the start, since nobody knows whether the last call was done: a blind repetition makes a duplicate.
            if time.monotonic() + pause > deadline:
                log(f"gave up: {reason}")
                return 1
            log(f"waiting: {reason}")
            time.sleep(pause)


def run(step, settings):
    status, _ = call("GET", "/health")
    if status != 200:
        raise Unavailable(f"the health check answers {status}")
    state = expect(call("GET", "/auth/type"), 200, "the question who may sign in")
    if step == "administrator":
        make_administrator(state)
    else:
        register(state, settings)


def make_administrator(state):
    """Nobody signs in here: a password that was changed in Onyx must not close the site."""
    if state["has_users"]:
        log("Onyx has an account already")
    else:
        register_admin()


def register(state, settings):
    token = sign_in(state)
    if token is None:
        return
    register_models(token, settings["providers"])
    if settings.get("signOn") is not None:
        register_sign_on(token, settings["signOn"])
    log("done")


def sign_in(state):
    """A bearer token of the administrator, or None where password login is off and nobody gave an API key."""
    api_key = os.environ.get("ADMIN_API_KEY", "")
    if api_key != "":
        return require_admin(api_key, "the API key")
    if not state["has_users"]:
        raise Unavailable("Onyx has no account yet")
    if not state["password_auth_enabled"]:
        return without_password()
    return log_in()


def register_admin():
    """The first account of all becomes administrator; every later one would be an ordinary user."""
    email = os.environ["ADMIN_EMAIL"]
    body = {"email": email, "username": email, "password": os.environ["ADMIN_PASSWORD"]}
    status, answer = call("POST", "/auth/register", body=body)
    if status == 201:
        log(f"made the administrator {email}")
    elif status == 400 and detail_of(answer) == "REGISTER_USER_ALREADY_EXISTS":
        log(f"the account {email} exists")
    else:
        raise Stop(f"Onyx refused to make the account {email}: {status} {detail_of(answer)}")


def log_in():
    email = os.environ["ADMIN_EMAIL"]
    # Not /auth/login: its cookie is Secure where the site is https, so it would not be sent inside the cluster.
    form = {"username": email, "password": os.environ["ADMIN_PASSWORD"]}
    status, answer = call("POST", "/auth/mobile/login", form=form)
    if status == 200:
        return require_admin(answer["access_token"], email)
    if status == 403 and detail_of(answer) == "PASSWORD_LOGIN_DISABLED":
        return without_password()
    if status == 400 and detail_of(answer) == "LOGIN_BAD_CREDENTIALS":
        raise Stop(
            f"Onyx has accounts, but does not take the password of {email} in the Secret onyx-admin. "
            "Seal the password that holds in Onyx, or an API key of an administrator as api_key."
        )
    raise Stop(f"{email} cannot sign in: {status} {detail_of(answer)}")


def without_password():
    log("password login is off and the Secret onyx-admin has no api_key: models and sign-on are left as they are")
    return None


def require_admin(token, who):
    status, answer = call("GET", "/admin/llm/provider", token=token)
    if status in (401, 403):
        raise Stop(
            f"{who} is not an administrator of Onyx ({status} {detail_of(answer)}): somebody else made the first "
            "account. Make it one in the admin panel, or seal an API key of an administrator as api_key."
        )
    expect((status, answer), 200, "the list of providers")
    return token


def register_models(token, providers):
    if not providers:
        log("no model to register")
        return
    ids = [keep_provider(token, wanted) for wanted in providers]
    keep_default(token, ids, providers[0]["models"][0]["name"])
    for wanted in providers:
        drop_other_models(token, wanted)
    verify(token, providers)


def list_providers(token):
    return expect(call("GET", "/admin/llm/provider", token=token), 200, "the list of providers")


def find_provider(listed, wanted):
    """Ours by name and kind; names are not unique, so the oldest counts."""
    matching = [entry for entry in listed["providers"] if is_ours(entry, wanted)]
    if len(matching) > 1:
        log(f"{len(matching)} providers are called {wanted['name']}; the oldest is kept up to date")
    return min(matching, key=lambda entry: entry["id"], default=None)


def is_ours(entry, wanted):
    return entry["name"] == wanted["name"] and entry["provider"] == PROVIDER_KIND


def keep_provider(token, wanted):
    """Makes the provider or gives it all wanted models; those that are no longer wanted stay until later."""
    found = find_provider(list_providers(token), wanted)
    if found is None:
        body = provider_body(wanted, None, wanted["models"])
        answer = expect(put_provider(token, body, creation=True), 200, f"the provider {wanted['name']}")
        log(f"registered {wanted['name']} with {names_of(wanted['models'])}")
        return answer["id"]
    if is_up_to_date(found, wanted):
        log(f"{wanted['name']} has {names_of(wanted['models'])} already")
        return found["id"]
    # Onyx refuses to remove the default model, so it is replaced as default first.
    wanted_names = {model["name"] for model in wanted["models"]}
    old = [model for model in found["model_configurations"] if model["name"] not in wanted_names]
    body = provider_body(wanted, found, [*wanted["models"], *map(as_is, old)])
    expect(put_provider(token, body, creation=False), 200, f"the provider {wanted['name']}")
    log(f"updated {wanted['name']} to {names_of(wanted['models'])}")
    return found["id"]


def put_provider(token, body, creation):
    query = "true" if creation else "false"
    return call("PUT", f"/admin/llm/provider?is_creation={query}", body=body, token=token)


def is_up_to_date(found, wanted):
    if found["api_base"] != wanted["apiBase"] or found["is_auto_mode"]:
        return False
    stored = {model["name"]: model for model in found["model_configurations"]}
    return all(is_stored(stored.get(model["name"]), model) for model in wanted["models"])


def is_stored(found, model):
    if found is None or found["max_input_tokens"] != model["maxInputTokens"]:
        return False
    # Onyx may know better than we do that a model sees images.
    return found["supports_image_input"] or not model["seesImages"]


def as_is(found):
    """A model of Onyx's list in the form of ours."""
    return {
        "name": found["name"],
        "maxInputTokens": found["max_input_tokens"],
        "seesImages": found["supports_image_input"],
    }


def provider_body(wanted, found, models):
    """What an administrator decided on our provider stays: who may use it, and how its models are shown."""
    found = found or {}
    stored = {model["name"]: model for model in found.get("model_configurations", [])}
    body = {
        "name": wanted["name"],
        "provider": PROVIDER_KIND,
        "api_base": wanted["apiBase"],
        "api_key": None,
        "api_key_changed": False,
        "custom_config": None,
        "custom_config_changed": False,
        "is_public": found.get("is_public", True),
        "is_auto_mode": False,
        "groups": found.get("groups", []),
        "personas": found.get("personas", []),
        "model_configurations": [model_body(model, stored.get(model["name"], {})) for model in models],
    }
    if "id" in found:
        body["id"] = found["id"]
    return body


def model_body(model, found):
    return {
        "name": model["name"],
        "is_visible": found.get("is_visible", True),
        # Onyx sends it to Ollama as num_ctx: without it, documents would be cut without a word, or memory run out.
        "max_input_tokens": model["maxInputTokens"],
        "supports_image_input": model["seesImages"] or found.get("supports_image_input", False),
        "supports_reasoning": found.get("supports_reasoning", False),
        "display_name": found.get("display_name") or model["name"],
        "custom_display_name": found.get("custom_display_name"),
    }


def keep_default(token, ids, name):
    """Sets the default where there is none or it is one of ours; one of another provider was chosen by a person."""
    default = list_providers(token)["default_text"]
    if default is not None and default["provider_id"] not in ids:
        log(f"the default stays {default['model_name']} of another provider")
        return
    body = {"provider_id": ids[0], "model_name": name}
    if default == body:
        return
    expect(call("POST", "/admin/llm/default", body=body, token=token), 200, f"the default model {name}")
    log(f"made {name} the default")


def drop_other_models(token, wanted):
    found = find_provider(list_providers(token), wanted)
    if found is None:
        raise Unavailable(f"the provider {wanted['name']} has gone again")
    wanted_names = {model["name"] for model in wanted["models"]}
    dropped = [model for model in found["model_configurations"] if model["name"] not in wanted_names]
    if not dropped:
        return
    body = provider_body(wanted, found, wanted["models"])
    expect(put_provider(token, body, creation=False), 200, f"the provider {wanted['name']}")
    log(f"removed {names_of(dropped)} from {wanted['name']}")


def verify(token, providers):
    listed = list_providers(token)
    for wanted in providers:
        found = find_provider(listed, wanted)
        if found is None or not is_up_to_date(found, wanted):
            raise Unavailable(f"Onyx does not show the provider {wanted['name']} as it was saved")
    if listed["default_text"] is None:
        raise Unavailable("Onyx shows no default model")


def register_sign_on(token, wanted):
    listed = expect(call("GET", "/admin/sso/provider", token=token), 200, "the list of sign-on providers")
    found = next((entry for entry in listed if entry["name"] == wanted["name"]), None)
    secret = os.environ["SIGN_ON_CLIENT_SECRET"]
    config = {
        "client_id": wanted["clientId"],
        "client_secret": secret,
        "openid_config_url": wanted["openidConfigUrl"],
    }
    if found is None:
        create_sign_on(token, wanted, config, listed)
        return
    if found["provider_type"] != "OIDC":
        raise Stop(f"the sign-on provider {wanted['name']} is of the kind {found['provider_type']}; remove or rename it")
    if not found["enabled"]:
        log(f"an administrator disabled the sign-on provider {wanted['name']}: it stays so")
    if is_same_sign_on(found, wanted, config):
        log(f"the sign-on provider {wanted['name']} is up to date")
        return
    body = {"config": config, "allowed_email_domains": wanted["emailDomains"]}
    path = f"/admin/sso/provider/{found['id']}"
    expect(call("PATCH", path, body=body, token=token), 200, f"the sign-on provider {wanted['name']}")
    log(f"updated the sign-on provider {wanted['name']}")


def create_sign_on(token, wanted, config, listed):
    enabled = [entry["name"] for entry in listed if entry["enabled"]]
    if enabled:
        # A second one takes a licence that most do not have.
        log(f"the sign-on provider {', '.join(sorted(enabled))} is in use: {wanted['name']} is not added")
        return
    body = {
        "name": wanted["name"],
        "display_name": wanted["displayName"],
        "provider_type": "OIDC",
        "config": config,
        "allowed_email_domains": wanted["emailDomains"],
    }
    answer = call("POST", "/admin/sso/provider", body=body, token=token)
    created = expect(answer, 200, f"the sign-on provider {wanted['name']}")
    log(f"added the sign-on provider {wanted['name']}; its redirect URI is {created['redirect_uri']}")


def is_same_sign_on(found, wanted, config):
    secret = config["client_secret"]
    shown = found["config"]
    return (
        len(secret) >= SHORTEST_SHOWN_SECRET
        and shown.get("client_secret") == f"{secret[:4]}...{secret[-4:]}"
        and shown.get("client_id") == config["client_id"]
        and shown.get("openid_config_url") == config["openid_config_url"]
        and found["allowed_email_domains"] == sorted(wanted["emailDomains"])
    )


def call(method, path, body=None, form=None, token=None):
    """Status and answer. Raises Unavailable where another try may help: no connection, an error of the server."""
    headers = {"Accept": "application/json"}
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode()
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        data = urllib.parse.urlencode(form).encode()
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    url = os.environ["ONYX_URL"] + path
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    # Never through a proxy: Onyx is in the same cluster.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=REQUEST_SECONDS) as response:
            return response.status, read_json(response, path)
    except urllib.error.HTTPError as error:
        if error.code >= 500 or error.code in (408, 425, 429):
            raise Unavailable(f"{method} {path} answers {error.code}") from error
        return error.code, read_json(error, path)
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"{method} {path} gets no answer: {getattr(error, 'reason', error)}") from error


def read_json(response, path):
    text = response.read()
    try:
        return json.loads(text) if text else None
    except ValueError as error:
        raise Unavailable(f"{path} answers with something else than JSON") from error


def expect(result, status, what):
    found, answer = result
    if found != status:
        raise Stop(f"Onyx refused {what}: {found} {detail_of(answer)}")
    return answer


def detail_of(answer):
    """The reason as Onyx names it. Of a list of mistakes only places and reasons: it repeats what was sent, too."""
    detail = answer.get("detail") if isinstance(answer, dict) else None
    if isinstance(detail, list):
        return "; ".join(f"{'.'.join(map(str, item.get('loc', [])))}: {item.get('msg')}" for item in detail)
    if isinstance(detail, dict):
        return f"{detail.get('code')}: {detail.get('reason')}"
    return detail if isinstance(detail, str) else "without a reason"


def names_of(models):
    return ", ".join(model["name"] for model in models)


def log(text):
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
