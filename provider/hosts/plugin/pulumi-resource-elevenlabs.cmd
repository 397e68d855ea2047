@echo off
node "%~dp0pulumi-resource-elevenlabs.js" %*
