"""This machine: secrets, folders, disk, ports."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp

from gateway.checks.ear import Ear
from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.config import Config, ConfigError, Secret

FREE_FAIL_BYTES = 1 << 30
FREE_WARN_BYTES = 20 << 30
"""A busy hall records about 5 GB a day (three files a call, 16 kB/s each)."""
PAGES_WITHIN_S = 3.0


async def secrets(config: Config) -> AsyncIterator[Line]:
    """Each secret can be read, is not empty and is nobody else's to read."""
    sections: dict[str, Secret] = {f"pbx.{pbx.name}": pbx for pbx in config.pbx}
    if config.mqtt.secret_file or config.mqtt.secret_env:
        sections["mqtt"] = config.mqtt
    if config.location.aml.secret_file or config.location.aml.secret_env:
        sections["location.aml"] = config.location.aml
    if config.texts.sender is not None:
        sections["texts.sender"] = config.texts.sender
    for one in config.location.subscribers:
        if one.file is None:
            address = Secret(secret_file=one.url_file, secret_env=one.url_env)
            sections[f"location.{one.name}"] = address
    for where, section in sections.items():
        yield await in_thread(partial(_secret, f"secrets.{where}", section))


def _secret(name: str, section: Secret) -> Line:
    try:
        value = section.secret()
    except (ConfigError, UnicodeDecodeError) as error:
        return fail(
            name,
            f"密钥不能读取：{error}",
            f"the secret cannot be read: {error}",
            "创建该文件（权限 0600）或设置环境变量",
            "create that file (mode 0600) or set the environment variable",
        )
    if not value:
        return fail(
            name,
            f"密钥文件 {section.secret_file} 是空的",
            f"the secret file {section.secret_file} is empty",
            "把密钥写入该文件",
            "write the secret into it",
        )
    file = section.secret_file
    mode = file.stat().st_mode & 0o777 if file else 0o600
    if mode & 0o077:
        return warn(
            name,
            f"密钥文件 {file} 他人可读（权限 {mode:04o}）",
            f"others may read the secret file {file} (mode {mode:04o})",
            f"执行 chmod 600 {file}",
            f"chmod 600 {file}",
        )
    return ok(name, "密钥可读且不为他人所见", "the secret can be read, and by nobody else")


async def folders(config: Config) -> AsyncIterator[Line]:
    """What the gateway writes to: its state (database, spool) and the archive, and how much room they
    have.
    """
    for name, folder in (("state", config.gateway.state_dir), ("archive", config.archive.folder)):
        for line in await in_thread(partial(_folder, name, folder)):
            yield line
    for pbx in config.pbx:
        for index, recordings in enumerate(pbx.recordings):
            if recordings.local.is_dir():
                name = f"disk.recordings.{pbx.name}" + (f".{index + 1}" if index else "")
                yield await in_thread(partial(_room, name, recordings.local))


def _folder(name: str, folder: Path) -> list[Line]:
    place = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"intake110")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return [
            fail(
                f"folders.{name}",
                f"{folder} 不能写入（{error.strerror}）",
                f"{folder} cannot be written ({error.strerror})",
                f"建立该文件夹并交给网关的用户：install -d -o intake110 -m 0750 {folder}",
                f"make it and give it to the gateway's user: install -d -o intake110 -m 0750 {folder}",
            )
        ]
    made = "" if place == folder else f" (made at the first start, in {place})"
    writable = ok(
        f"folders.{name}",
        f"{folder} 可以写入" + ("" if place == folder else "（首次启动时建立）"),
        f"{folder} can be written{made}",
    )
    return [writable, _room(f"disk.{name}", place)]


def _room(name: str, folder: Path) -> Line:
    free = shutil.disk_usage(folder).free
    zh, en = f"{folder} 剩余 {free / (1 << 30):.1f} GB", f"{free / (1 << 30):.1f} GB free at {folder}"
    cure_zh, cure_en = "腾出空间，或换更大的磁盘", "make room, or use a larger disk"
    if free < FREE_FAIL_BYTES:
        return fail(name, zh, en, cure_zh, cure_en)
    return warn(name, zh, en, cure_zh, cure_en) if free < FREE_WARN_BYTES else ok(name, zh, en)


async def ports(config: Config, ear: Ear) -> AsyncIterator[Line]:
    """The ports the gateway will listen on are free, or are held by a gateway that answers."""
    running = config.web.enabled and await _pages_answer(config.web.host, config.web.port)
    if config.web.enabled:
        free = running or await in_thread(lambda: _free(config.web.host, config.web.port))
        yield _port("ports.web", "web.port", config.web.port, free=free, running=running)
    if config.speech.own:
        yield _port(
            "ports.listener",
            "speech.listener_port",
            config.speech.listener_port,
            free=not ear.taken,
            running=running and ear.taken,
        )


def _port(name: str, key: str, port: int, *, free: bool, running: bool) -> Line:
    if running:
        return ok(name, f"端口 {port} 由正在运行的网关使用", f"port {port} is held by a running gateway")
    if free:
        told = (
            (f"端口 {port} 空闲", f"port {port} is free")
            if port
            else ("由系统选空闲端口", "any free port will be taken")
        )
        return ok(name, *told)
    return fail(
        name,
        f"端口 {port} 已被其他程序占用或无权使用",
        f"port {port} is taken by another program, or not ours to use",
        f"停止该程序，或改 {key}",
        f"end that program, or change {key}",
    )


async def _pages_answer(host: str, port: int) -> bool:
    """Whether a gateway serves its health there."""
    near = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    try:
        limit = aiohttp.ClientTimeout(total=PAGES_WITHIN_S)
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.get(f"http://{near}:{port}/health") as answer,
        ):
            return "state" in await answer.json()
    except (aiohttp.ClientError, OSError, ValueError, TypeError):
        return False


def _free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
