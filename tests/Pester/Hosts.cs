using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace TroveSchedules.PesterTests
{
    /// <summary>A host that makes scripted choices at prompts, and records the prompts and the output.</summary>
    public sealed class ScriptedHost : PSHost
    {
        private readonly Guid _id = Guid.NewGuid();
        private readonly UserInterface _ui;

        /// <param name="width">The width of the screen in columns.</param>
        /// <param name="supportsColour">Whether the screen supports escape sequences.</param>
        public ScriptedHost(int width, bool supportsColour)
        {
            _ui = new UserInterface(this, new RawUserInterface(width), supportsColour);
        }

        /// <summary>The labels of the choices to make, such as "Yes to All". A prompt without a choice is an error.</summary>
        public Queue<string> Answers { get; } = new Queue<string>();

        /// <summary>The caption and the message of each prompt.</summary>
        public List<string> Prompts { get; } = new List<string>();

        /// <summary>The output on the screen, including the lines of -WhatIf.</summary>
        public StringBuilder Screen { get; } = new StringBuilder();

        public override string Name { get { return "ScriptedHost"; } }
        public override Version Version { get { return new Version(1, 0); } }
        public override Guid InstanceId { get { return _id; } }
        public override CultureInfo CurrentCulture { get { return CultureInfo.InvariantCulture; } }
        public override CultureInfo CurrentUICulture { get { return CultureInfo.InvariantCulture; } }
        public override PSHostUserInterface UI { get { return _ui; } }
        public override void EnterNestedPrompt() { throw new NotSupportedException(); }
        public override void ExitNestedPrompt() { throw new NotSupportedException(); }
        public override void NotifyBeginApplication() { }
        public override void NotifyEndApplication() { }
        public override void SetShouldExit(int exitCode) { }

        private sealed class UserInterface : PSHostUserInterface
        {
            private readonly ScriptedHost _host;
            private readonly PSHostRawUserInterface _raw;
            private readonly bool _supportsColour;

            public UserInterface(ScriptedHost host, PSHostRawUserInterface raw, bool supportsColour)
            {
                _host = host;
                _raw = raw;
                _supportsColour = supportsColour;
            }

            public override PSHostRawUserInterface RawUI { get { return _raw; } }
            public override bool SupportsVirtualTerminal { get { return _supportsColour; } }

            public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
            {
                _host.Prompts.Add(caption + "\n" + message);
                if (_host.Answers.Count == 0)
                    throw new InvalidOperationException("Unexpected prompt: " + message);
                string answer = _host.Answers.Dequeue();
                return choices.Select(choice => choice.Label.Replace("&", "")).ToList().IndexOf(answer);
            }

            public override void Write(string value) { _host.Screen.Append(value); }
            public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) { Write(value); }
            public override void WriteLine(string value) { _host.Screen.AppendLine(value); }
            public override void WriteDebugLine(string message) { WriteLine("DEBUG: " + message); }
            public override void WriteErrorLine(string value) { WriteLine("ERROR: " + value); }
            public override void WriteVerboseLine(string message) { WriteLine("VERBOSE: " + message); }
            public override void WriteWarningLine(string message) { WriteLine("WARNING: " + message); }
            public override void WriteProgress(long sourceId, ProgressRecord record) { }
            public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) { throw new NotSupportedException(); }
            public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) { throw new NotSupportedException(); }
            public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowed, PSCredentialUIOptions options) { throw new NotSupportedException(); }
            public override string ReadLine() { throw new NotSupportedException(); }
            public override SecureString ReadLineAsSecureString() { throw new NotSupportedException(); }
        }

        private sealed class RawUserInterface : PSHostRawUserInterface
        {
            public RawUserInterface(int width) { BufferSize = new Size(width, 300); }
            public override Size BufferSize { get; set; }
            public override ConsoleColor BackgroundColor { get; set; }
            public override ConsoleColor ForegroundColor { get; set; }
            public override Coordinates CursorPosition { get; set; }
            public override int CursorSize { get; set; }
            public override Coordinates WindowPosition { get; set; }
            public override Size WindowSize { get { return BufferSize; } set { } }
            public override string WindowTitle { get; set; }
            public override bool KeyAvailable { get { return false; } }
            public override Size MaxPhysicalWindowSize { get { return BufferSize; } }
            public override Size MaxWindowSize { get { return BufferSize; } }
            public override void FlushInputBuffer() { }
            public override BufferCell[,] GetBufferContents(Rectangle rectangle) { throw new NotSupportedException(); }
            public override KeyInfo ReadKey(ReadKeyOptions options) { throw new NotSupportedException(); }
            public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) { throw new NotSupportedException(); }
            public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) { throw new NotSupportedException(); }
            public override void SetBufferContents(Rectangle rectangle, BufferCell fill) { throw new NotSupportedException(); }
        }
    }
}
